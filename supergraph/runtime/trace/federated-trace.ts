import type { google, Trace } from '@apollo/usage-reporting-protobuf';
import type { GraphQLFormattedError, GraphQLResolveInfo } from 'graphql';

/** With this header, whose value is FEDERATED_TRACE_VERSION, a caller asks for `extensions.ftv1`. */
export const FEDERATED_TRACE_HEADER = 'apollo-federation-include-trace';
export const FEDERATED_TRACE_VERSION = 'ftv1';

/** Of one answer; where there are more of them, the trace says that it is not whole. */
const MAXIMUM_FIELDS = 5_000;
const MAXIMUM_ERRORS = 100;
/** Of the traces of all subgraphs of one operation, in base64: reading and writing these takes some 60 ms. */
const MAXIMUM_TRACES_CHARACTERS = 384 * 1024;

type Path = GraphQLResolveInfo['path'];

/**
 * What Apollo calls an inline trace: a tree in the shape of the answer that says of each field when it was resolved and what
 * went wrong. Made only when it is asked for: it costs more than most fields do.
 */
export class FederatedTrace {
  /** As `process.hrtime` gives it. */
  readonly startHrTime: [number, number] = process.hrtime();
  readonly #startedAtMs = Date.now();
  readonly #root: Trace.INode = {};
  readonly #nodes = new Map<Path, Trace.INode>();
  #isIncomplete = false;
  #tracesCharacters = 0;
  /** Of a gateway, with the traces of its subgraphs. */
  queryPlan: Trace.IQueryPlanNode | undefined;

  /** Runs a field's resolver. Its time ends when all that it promised has come. */
  resolve<Value>(info: GraphQLResolveInfo, resolve: () => Value): Value {
    const node = this.#begin(info);
    if (node === undefined) return resolve();
    const end = () => {
      node.endTime = this.#nowNs();
    };
    let value: Value | undefined;
    try {
      value = resolve();
      return value;
    } finally {
      const promised = Array.isArray(value) ? value.filter((item) => item instanceof Promise) : [value];
      if (promised.some((item) => item instanceof Promise)) void Promise.allSettled(promised).then(end);
      else end();
    }
  }

  /** Whether there is room for what a subgraph answered as its trace; without, this one is not whole. */
  hasRoomFor(trace: unknown): boolean {
    this.#tracesCharacters += typeof trace === 'string' ? trace.length : 0;
    const hasRoom = this.#tracesCharacters <= MAXIMUM_TRACES_CHARACTERS;
    this.#isIncomplete ||= !hasRoom;
    return hasRoom;
  }

  /** The trace up to now as it goes into `extensions.ftv1`: protobuf, in base64. */
  async encode(errors: readonly GraphQLFormattedError[] = []): Promise<string> {
    const { Trace } = await import('@apollo/usage-reporting-protobuf');
    for (const error of errors.slice(0, MAXIMUM_ERRORS)) {
      const node = this.#nodeAt(error.path);
      node.error ??= [];
      node.error.push(asProto(error));
    }
    const isIncomplete = this.#isIncomplete || errors.length > MAXIMUM_ERRORS;
    const bytes = Trace.encode({
      root: this.#root,
      startTime: timestamp(this.#startedAtMs),
      endTime: timestamp(Date.now()),
      durationNs: this.#nowNs(),
      fieldExecutionWeight: 1,
      isIncomplete,
      ...(this.queryPlan === undefined ? {} : { queryPlan: this.queryPlan }),
    }).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  }

  #begin({ path, fieldName, returnType, parentType }: GraphQLResolveInfo): Trace.INode | undefined {
    if (this.#nodes.size >= MAXIMUM_FIELDS) {
      this.#isIncomplete = true;
      return undefined;
    }
    return Object.assign(this.#node(path), {
      type: String(returnType),
      parentType: String(parentType),
      startTime: this.#nowNs(),
      ...(path.key === fieldName ? {} : { originalFieldName: fieldName }),
    });
  }

  /** The node of a place in the answer. Fields have those of the lists and objects they stand in above them. */
  #node(path: Path): Trace.INode {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const node: Trace.INode = typeof path.key === 'number' ? { index: path.key } : { responseName: path.key };
    this.#nodes.set(path, node);
    const parent = path.prev === undefined ? this.#root : this.#node(path.prev);
    parent.child ??= [];
    parent.child.push(node);
    return node;
  }

  /** The node an error belongs to: the nearest above its path that was recorded. */
  #nodeAt(path: GraphQLFormattedError['path'] = []): Trace.INode {
    let node = this.#root;
    for (const key of path) {
      const next = node.child?.find(({ index, responseName }) => key === (index ?? responseName));
      if (next === undefined) break;
      node = next;
    }
    return node;
  }

  #nowNs(): number {
    const [seconds, nanoseconds] = process.hrtime(this.startHrTime);
    return seconds * 1e9 + nanoseconds;
  }
}

function asProto(error: GraphQLFormattedError): Trace.IError {
  return { message: error.message, location: [...(error.locations ?? [])], json: JSON.stringify(error) };
}

function timestamp(atMs: number): google.protobuf.ITimestamp {
  return { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1e6 };
}
