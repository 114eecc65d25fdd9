import { ContractError } from '@supercontext/contract';
import { Tensor } from 'onnxruntime-node';
import type { Decoder, DecoderInput } from './decoder.ts';
import type { KvStore } from './kv-store.ts';
import type { GraphSessions } from './onnx-provider.ts';

/** A `Decoder` over the two graphs that `gguf/` builds. Rows of the KV cache are read in place, never copied into the runtime. */
export class OnnxDecoder implements Decoder {
  readonly shape: Decoder['shape'];
  readonly provider: string;
  readonly #sessions: GraphSessions;
  readonly #pastNames: readonly string[];
  readonly #newNames: readonly string[];
  readonly #views = new WeakMap<KvStore, Map<string, Readonly<Record<string, Tensor>>>>();

  constructor(sessions: GraphSessions, provider: string, shape: Decoder['shape']) {
    this.#sessions = sessions;
    this.provider = provider;
    this.shape = shape;
    const names = (prefix: string): readonly string[] =>
      Array.from({ length: shape.layers }, (_, layer) => [`${prefix}.${layer}.key`, `${prefix}.${layer}.value`]).flat();
    this.#pastNames = names('past');
    this.#newNames = names('new');
  }

  async forward({ store, firstRow, rowCount, tokens }: DecoderInput): Promise<readonly Float32Array[]> {
    const count = tokens.length / rowCount;
    const lengths = Array.from({ length: rowCount }, (_, row) => store.length(firstRow + row));
    const total = Math.max(...lengths) + count;
    if (!Number.isInteger(count) || total > store.capacityTokens || (rowCount > 1 && count > 1)) {
      throw new ContractError('INTERNAL', `a step of ${rowCount} x ${count} tokens does not fit its KV store`);
    }
    const positions = lengths.flatMap((length) => Array.from({ length: count }, (_, index) => length + index));
    const feeds = {
      ...this.#pastView(store, firstRow, rowCount),
      input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [rowCount, count]),
      position_ids: new Tensor('int64', BigInt64Array.from(positions, BigInt), [rowCount, count]),
    };
    const { chunk, step } = this.#sessions;
    const results =
      count === 1
        ? await step.run({ ...feeds, past_bias: biasView(store, firstRow, rowCount) })
        : await chunk.run({
            ...feeds,
            seqlens_k: new Tensor('int32', Int32Array.of(total - 1), [1]),
            total_sequence_length: new Tensor('int32', Int32Array.of(total), []),
          });
    store.append(
      firstRow,
      rowCount,
      count,
      this.#newNames.map((name) => halves(results[name])),
    );
    const logits = results.logits?.data;
    if (!(logits instanceof Float32Array)) throw new ContractError('MODEL_FAILED', 'the graph returned no logits');
    const { vocabulary } = this.shape;
    return lengths.map((_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary));
  }

  async close(): Promise<void> {
    await this.#sessions.chunk.release();
    await this.#sessions.step.release();
  }

  /** The store's rows as tensors: made once for each run of rows, as the arrays behind them stay the same. */
  #pastView(store: KvStore, firstRow: number, rowCount: number): Readonly<Record<string, Tensor>> {
    let views = this.#views.get(store);
    if (views === undefined) {
      views = new Map();
      this.#views.set(store, views);
    }
    const key = `${firstRow}+${rowCount}`;
    const known = views.get(key);
    if (known !== undefined) return known;
    const { keyValueHeads, headWidth } = this.shape;
    const { capacityTokens, elementsPerRow } = store;
    const view: Record<string, Tensor> = {};
    this.#pastNames.forEach((name, index) => {
      const rows = store.tensors[index]?.subarray(firstRow * elementsPerRow, (firstRow + rowCount) * elementsPerRow);
      view[name] = halfTensor(rows ?? new Uint16Array(0), [rowCount, keyValueHeads, capacityTokens, headWidth]);
    });
    views.set(key, view);
    return view;
  }
}

function biasView({ bias, capacityTokens }: KvStore, firstRow: number, rowCount: number): Tensor {
  const rows = bias.subarray(firstRow * capacityTokens, (firstRow + rowCount) * capacityTokens);
  return new Tensor('float32', rows, [rowCount, 1, 1, capacityTokens]);
}

/**
 * A float16 tensor over the given bits. `new Tensor('float16', …)` would wrap them in a Float16Array, which the native side
 * of this release takes for empty; so the tensor is made as uint16, which has the same size, and renamed.
 */
function halfTensor(bits: Uint16Array<ArrayBuffer>, dimensions: readonly number[]): Tensor {
  return Object.defineProperty(new Tensor('uint16', bits, dimensions), 'type', { value: 'float16' });
}

/** The bits of 16-bit floats, whichever typed array the runtime chose to hand them over in. */
function halves(tensor: Tensor | undefined): Uint16Array {
  const data = tensor?.data;
  if (data === undefined || !ArrayBuffer.isView(data) || data.byteLength === 0) {
    throw new ContractError('MODEL_FAILED', 'the graph returned no new keys and values');
  }
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
}
