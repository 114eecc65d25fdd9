/**
 * TextRank as its paper has it, for comparison only: sentences are nodes, the cosine of their tf-idf words is the weight
 * of an edge, PageRank says which sentences stay, in their order, until `budgetCharacters` are full.
 */
export function textrank(text: string, budgetCharacters: number): string {
  return bestRanked(text, budgetCharacters, (similarity) => similarity);
}

/** From this cosine on two sentences say something alike; LexRank's paper found 0.1 best. */
const ALIKE = 0.1;

/** LexRank as its paper has it: the same, but sentences that are alike have an edge and others have none (Erkan and Radev, 2004). */
export function lexrank(text: string, budgetCharacters: number): string {
  return bestRanked(text, budgetCharacters, (similarity) => (similarity >= ALIKE ? 1 : 0));
}

function bestRanked(text: string, budgetCharacters: number, edge: (similarity: number) => number): string {
  const sentences = sentencesOf(text);
  const vectors = vectorsOf(sentences);
  const rank = pageRank(similarities(vectors).map(edge), sentences.length);
  const best = sentences.map((_, index) => index).sort((a, b) => (rank[b] ?? 0) - (rank[a] ?? 0) || a - b);
  const kept: number[] = [];
  let characters = 0;
  for (const index of best) {
    const length = sentences[index]?.length ?? 0;
    if (characters + length > budgetCharacters) continue;
    kept.push(index);
    characters += length + 1;
  }
  return kept
    .sort((a, b) => a - b)
    .map((index) => sentences[index])
    .join('\n');
}

const MINIMUM_CHARACTERS = 15;
const DAMPING = 0.85;
const ITERATIONS = 20;

function sentencesOf(text: string): string[] {
  const parts = text.match(/[^.!?\n]+(?:[.!?]+["')\]]*|\n|$)/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part.length > MINIMUM_CHARACTERS);
}

type Vector = ReadonlyMap<string, number>;

function vectorsOf(sentences: readonly string[]): Vector[] {
  const frequency = new Map<string, number>();
  const counts = sentences.map((sentence) => {
    const own = new Map<string, number>();
    for (const word of sentence.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? [])
      own.set(word, (own.get(word) ?? 0) + 1);
    for (const word of own.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    return own;
  });
  return counts.map((own) => {
    const vector = new Map<string, number>();
    let square = 0;
    for (const [word, count] of own) {
      const weight = count * Math.log(1 + sentences.length / (frequency.get(word) ?? 1));
      vector.set(word, weight);
      square += weight * weight;
    }
    const norm = Math.sqrt(square) || 1;
    for (const [word, weight] of vector) vector.set(word, weight / norm);
    return vector;
  });
}

/** `[sentence * n + other]`, through an inverted index: only sentences that share a word have an edge. */
function similarities(vectors: readonly Vector[]): Float32Array {
  const count = vectors.length;
  const postings = new Map<string, { readonly sentence: number; readonly weight: number }[]>();
  for (const [sentence, vector] of vectors.entries()) {
    for (const [word, weight] of vector) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [{ sentence, weight }]);
      else list.push({ sentence, weight });
    }
  }
  const matrix = new Float32Array(count * count);
  for (const list of postings.values()) {
    for (const a of list) {
      for (const b of list) {
        if (a !== b)
          matrix[a.sentence * count + b.sentence] =
            (matrix[a.sentence * count + b.sentence] ?? 0) + a.weight * b.weight;
      }
    }
  }
  return matrix;
}

function pageRank(matrix: Float32Array, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let from = 0; from < count; from++) {
    let sum = 0;
    for (let to = 0; to < count; to++) sum += matrix[from * count + to] ?? 0;
    out[from] = sum || 1;
  }
  let rank = new Float32Array(count).fill(1 / count);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = new Float32Array(count).fill((1 - DAMPING) / count);
    for (let from = 0; from < count; from++) {
      const share = (DAMPING * (rank[from] ?? 0)) / (out[from] ?? 1);
      for (let to = 0; to < count; to++) next[to] = (next[to] ?? 0) + share * (matrix[from * count + to] ?? 0);
    }
    rank = next;
  }
  return rank;
}
