import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLFormattedError,
  Kind,
  type NameNode,
  visit,
} from 'graphql';
import { unusedName } from '../unused-name.ts';

type Json = Readonly<Record<string, unknown>>;
type Data = Record<string, unknown>;

/** The variable with which a query plan asks for entities: what a client has under this name is another one. */
const ENTITIES_VARIABLE = 'representations';

/** What `RenamedDocument` gives the asked names back to. */
export interface NamedResult {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: ExecutionResult['extensions'];
}

/** A document in which no name means something else to a query plan, and the way back to the names that were asked for. */
export class RenamedDocument {
  readonly document: DocumentNode;
  /** From the names of `document` to those asked for. */
  readonly #asked: ReadonlyMap<string, string>;
  readonly #entities: string | undefined;

  constructor(document: DocumentNode, asked: ReadonlyMap<string, string>, entities: string | undefined) {
    this.document = document;
    this.#asked = asked;
    this.#entities = entities;
  }

  /** The client's variables, with those of `document` beside them. */
  variables(given: Json): Json {
    if (this.#entities === undefined || !Object.hasOwn(given, ENTITIES_VARIABLE)) return given;
    return { ...given, [this.#entities]: given[ENTITIES_VARIABLE] };
  }

  /** An answer to `document` as the answer to what was asked. */
  result<Result extends NamedResult>(result: Result): Result {
    const { data, errors, extensions } = result;
    return {
      ...result,
      ...(data ? { data: this.data(data) } : {}),
      ...(errors === undefined ? {} : { errors: errors.map((error) => this.error(error)) }),
      ...(extensions?.valueCompletion === undefined ? {} : { extensions: this.#completion(extensions) }),
    };
  }

  error<Failure extends GraphQLFormattedError>(error: Failure): Failure {
    const { path } = error;
    if (path === undefined) return error;
    return { ...error, path: path.map((part) => (typeof part === 'string' ? this.#name(part) : part)) };
  }

  /** No scalar of the graph is an object: all keys are response names. */
  data(data: Data): Data {
    return this.#value(data) as Data;
  }

  #name(name: string): string {
    return this.#asked.get(name) ?? name;
  }

  #value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    const named: Data = Object.create(null);
    for (const [key, inner] of Object.entries(value)) named[this.#name(key)] = this.#value(inner);
    return named;
  }

  /** Of values that a subgraph may not have given: the executor's own errors, whose messages speak of response names. */
  #completion(extensions: NonNullable<NamedResult['extensions']>): NamedResult['extensions'] {
    const errors = extensions.valueCompletion as readonly { toJSON(): GraphQLFormattedError }[];
    const valueCompletion = errors.map((one) => {
      const error = this.error(one.toJSON());
      return { ...error, message: error.message.replaceAll(/\w+/g, (word) => this.#name(word)) };
    });
    return { ...extensions, valueCompletion };
  }
}

/**
 * Gives other names to what a valid document selects under a reserved name without being that field, or with arguments of its
 * own: aliases in all operations and fragments, and the variable that entities are asked for with. The same name becomes the
 * same other one everywhere, which `text` has nowhere, so that what could be merged still can. Undefined when there is none.
 */
export function renameReserved(
  document: DocumentNode,
  text: string,
  reserved: ReadonlySet<string>,
): RenamedDocument | undefined {
  const given = new Map<string, string>();
  let entities: string | undefined;
  const nameFor = (asked: string): NameNode => {
    const value = given.get(asked) ?? unusedName(text, `asked${given.size}__`);
    given.set(asked, value);
    return { kind: Kind.NAME, value };
  };
  const renamed = visit(document, {
    Field(node): FieldNode | undefined {
      const asked = (node.alias ?? node.name).value;
      if (!reserved.has(asked)) return undefined;
      const isTheField = asked === node.name.value && (node.arguments ?? []).length === 0;
      return isTheField ? undefined : { ...node, alias: nameFor(asked) };
    },
    Variable(node) {
      if (node.name.value !== ENTITIES_VARIABLE) return undefined;
      entities ??= unusedName(text, 'askedVariable__');
      return { ...node, name: { kind: Kind.NAME, value: entities } };
    },
  });
  if (given.size === 0 && entities === undefined) return undefined;
  return new RenamedDocument(renamed, new Map([...given].map(([asked, name]) => [name, asked])), entities);
}
