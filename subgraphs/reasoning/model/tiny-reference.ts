import type { TinyLlama } from '../gguf/tiny-llama.ts';

// For tests: the same model in plain arithmetic, straight from the values in the file. Keys and values are rounded to 16
// bits as the engine's cache has them; activations are not rounded, so agreement is within the error of 8-bit activations.

/** Logits after the last of the tokens. */
export function referenceLogits(model: TinyLlama, tokens: readonly number[]): Float64Array {
  const { architecture, layers, hiddenWidth, heads, keyValueHeads, headWidth, ropeBase, normEpsilon } = model.shape;
  const norm = (state: Float64Array, gamma: Float32Array): Float64Array => normed(state, gamma, normEpsilon);
  const rotate = (row: Float64Array, position: number): Float64Array =>
    rotated(row, { position, headWidth, base: ropeBase, interleaved: architecture === 'llama' });
  const find = (name: string): Float32Array | undefined =>
    model.tensors.find((candidate) => candidate.name === name)?.values;
  const weights = (name: string): Float32Array => {
    const values = find(`${name}.weight`);
    if (values === undefined) throw new Error(`no tensor ${name}`);
    return values;
  };
  const embedding = weights('token_embd');
  let states: Float64Array[] = tokens.map((token) =>
    Float64Array.from(embedding.subarray(token * hiddenWidth, (token + 1) * hiddenWidth)),
  );
  for (let layer = 0; layer < layers; layer++) {
    const weight = (part: string): Float32Array => weights(`blk.${layer}.${part}`);
    const inputs = states.map((state) => norm(state, weight('attn_norm')));
    const rows = (part: string): Float64Array[] => {
      const bias = find(`blk.${layer}.${part}.bias`);
      const gamma = find(`blk.${layer}.${part}_norm.weight`);
      return inputs.map((state) => {
        const row = multiply(weight(part), state).map((value, index) => value + (bias?.[index] ?? 0));
        if (gamma === undefined) return row;
        for (let at = 0; at < row.length; at += headWidth) row.set(norm(row.slice(at, at + headWidth), gamma), at);
        return row;
      });
    };
    const queries = rows('attn_q').map(rotate);
    const keys = rows('attn_k').map((row, position) => rotate(row, position).map(Math.f16round));
    const values = rows('attn_v').map((row) => row.map(Math.f16round));
    states = states.map((state, position) => {
      const attended = new Float64Array(heads * headWidth);
      for (let head = 0; head < heads; head++) {
        const shared = Math.floor((head * keyValueHeads) / heads) * headWidth;
        const query = queries[position]?.subarray(head * headWidth, (head + 1) * headWidth) ?? new Float64Array();
        const scores = keys
          .slice(0, position + 1)
          .map((key) => dot(query, key.subarray(shared, shared + headWidth)) / Math.sqrt(headWidth));
        softmax(scores).forEach((share, past) => {
          for (let index = 0; index < headWidth; index++) {
            const at = head * headWidth + index;
            attended[at] = (attended[at] ?? 0) + share * (values[past]?.[shared + index] ?? 0);
          }
        });
      }
      return add(state, multiply(weight('attn_output'), attended));
    });
    states = states.map((state) => {
      const hidden = norm(state, weight('ffn_norm'));
      const gate = multiply(weight('ffn_gate'), hidden);
      const up = multiply(weight('ffn_up'), hidden);
      const gated = gate.map((value, index) => (value / (1 + Math.exp(-value))) * (up[index] ?? 0));
      return add(state, multiply(weight('ffn_down'), gated));
    });
  }
  return multiply(embedding, norm(states.at(-1) ?? new Float64Array(), weights('output_norm')));
}

function multiply(matrix: Float32Array, vector: Float64Array): Float64Array {
  const columns = vector.length;
  return Float64Array.from({ length: matrix.length / columns }, (_, row) =>
    dot(vector, matrix.subarray(row * columns, (row + 1) * columns)),
  );
}

function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + (b[index] ?? 0));
}

function normed(state: Float64Array, gamma: Float32Array, epsilon: number): Float64Array {
  const scale = 1 / Math.sqrt(dot(state, state) / state.length + epsilon);
  return state.map((value, index) => value * scale * (gamma[index] ?? 0));
}

function softmax(scores: readonly number[]): readonly number[] {
  const largest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

interface Rotation {
  readonly position: number;
  readonly headWidth: number;
  readonly base: number;
  readonly interleaved: boolean;
}

/** Pairs as the file has its rows: beside each other, or half a head apart. */
function rotated(row: Float64Array, { position, headWidth, base, interleaved }: Rotation): Float64Array {
  const turned = new Float64Array(row.length);
  const half = headWidth / 2;
  for (let head = 0; head < row.length; head += headWidth) {
    for (let pair = 0; pair < half; pair++) {
      const first = head + (interleaved ? 2 * pair : pair);
      const second = interleaved ? first + 1 : first + half;
      const angle = position * base ** ((-2 * pair) / headWidth);
      const [x, y] = [row[first] ?? 0, row[second] ?? 0];
      turned[first] = x * Math.cos(angle) - y * Math.sin(angle);
      turned[second] = x * Math.sin(angle) + y * Math.cos(angle);
    }
  }
  return turned;
}
