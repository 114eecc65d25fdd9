import { bytesField, floatField, integerField, stringField } from './onnx-protobuf.ts';

/** Element types by their numbers in ONNX. */
export const ELEMENT_TYPES = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** Operators of ONNX Runtime's own domain. */
export const MICROSOFT = 'com.microsoft';

/** A number is an integer attribute; `{ float }` a real one; a graph the body of a branch. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | OnnxGraph;

/** Where large tensors go instead of into the model file: see `ExternalData`. */
export interface TensorSink {
  readonly location: string;
  /** A name that comes again must come with the same bytes; they are kept once. */
  append(name: string, bytes: Uint8Array): { readonly offsetBytes: number; readonly lengthBytes: number };
}

export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

// Attribute types of AttributeProto.
const FLOAT_ATTRIBUTE = 1;
const INTEGER_ATTRIBUTE = 2;
const STRING_ATTRIBUTE = 3;
const GRAPH_ATTRIBUTE = 5;
const INTEGERS_ATTRIBUTE = 7;
const IN_EXTERNAL_DATA = 1;

/** A graph under construction; names are the caller's, and must be unique within a model. */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #constants = new Map<string, string>();

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: ElementType, dimensions: readonly (number | string)[]): string {
    this.#inputs.push(valueInfo(11, name, type, dimensions));
    return name;
  }

  /** Without dimensions for the outputs of a branch. */
  output(name: string, type: ElementType, dimensions?: readonly (number | string)[]): string {
    this.#outputs.push(valueInfo(12, name, type, dimensions));
    return name;
  }

  /** A tensor of the model; in the sink when one is given, else inside the model file. */
  initializer(
    name: string,
    type: ElementType,
    dimensions: readonly number[],
    data: Uint8Array,
    sink?: TensorSink,
  ): string {
    const fields = dimensions.map((dimension) => integerField(1, dimension));
    fields.push(integerField(2, ELEMENT_TYPES[type]), stringField(8, name));
    if (sink === undefined) {
      fields.push(bytesField(9, [data]));
    } else {
      const { offsetBytes, lengthBytes } = sink.append(name, data);
      const place = { location: sink.location, offset: String(offsetBytes), length: String(lengthBytes) };
      for (const [key, value] of Object.entries(place)) {
        fields.push(bytesField(13, [stringField(1, key), stringField(2, value)]));
      }
      fields.push(integerField(14, IN_EXTERNAL_DATA));
    }
    this.#initializers.push(bytesField(5, fields));
    return name;
  }

  /** A small vector of int64; equal ones are written once. */
  integers(values: readonly number[]): string {
    const key = values.join('_').replaceAll('-', 'm');
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `integers_${key}`;
    this.#constants.set(key, name);
    const data = BigInt64Array.from(values.map(BigInt));
    return this.initializer(name, 'int64', [values.length], new Uint8Array(data.buffer));
  }

  /** Adds an operator; returns the name of its first output. Operators must be added in an order in which they can run. */
  node({ type, inputs, outputs, attributes = {}, domain = '' }: Node): string {
    const fields = [
      ...inputs.map((input) => stringField(1, input)),
      ...outputs.map((output) => stringField(2, output)),
      stringField(3, `${type}:${outputs.find((output) => output !== '') ?? ''}`),
      stringField(4, type),
      ...Object.entries(attributes).map(([name, value]) => bytesField(5, attributeFields(name, value))),
    ];
    if (domain !== '') fields.push(stringField(7, domain));
    this.#nodes.push(bytesField(1, fields));
    return outputs[0] ?? '';
  }

  /** The fields of a GraphProto. */
  fields(): readonly Uint8Array[] {
    return [...this.#nodes, stringField(2, this.#name), ...this.#initializers, ...this.#inputs, ...this.#outputs];
  }
}

/** The bytes of a model file. */
export function encodeModel(graph: OnnxGraph, producer: string): Uint8Array {
  const operatorSets: readonly (readonly [string, number])[] = [
    ['', 21],
    [MICROSOFT, 1],
  ];
  return Buffer.concat([
    integerField(1, 10),
    stringField(2, producer),
    bytesField(7, graph.fields()),
    ...operatorSets.map(([domain, version]) => bytesField(8, [stringField(1, domain), integerField(2, version)])),
  ]);
}

function valueInfo(
  field: number,
  name: string,
  type: ElementType,
  dimensions: readonly (number | string)[] | undefined,
): Uint8Array {
  const tensor = [integerField(1, ELEMENT_TYPES[type])];
  if (dimensions !== undefined) {
    const shape = dimensions.map((dimension) =>
      bytesField(1, [typeof dimension === 'string' ? stringField(2, dimension) : integerField(1, dimension)]),
    );
    tensor.push(bytesField(2, shape));
  }
  return bytesField(field, [stringField(1, name), bytesField(2, [bytesField(1, tensor)])]);
}

function attributeFields(name: string, value: Attribute): readonly Uint8Array[] {
  const named = stringField(1, name);
  if (typeof value === 'number') return [named, integerField(3, value), integerField(20, INTEGER_ATTRIBUTE)];
  if (typeof value === 'string') return [named, stringField(4, value), integerField(20, STRING_ATTRIBUTE)];
  if (value instanceof OnnxGraph) {
    return [named, bytesField(6, value.fields()), integerField(20, GRAPH_ATTRIBUTE)];
  }
  if ('float' in value) return [named, floatField(2, value.float), integerField(20, FLOAT_ATTRIBUTE)];
  return [named, ...value.map((item) => integerField(8, item)), integerField(20, INTEGERS_ATTRIBUTE)];
}
