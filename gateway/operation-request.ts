import { checkJson, FRONT_DOOR_JSON } from '@supercontext/runtime/serve/json-bounds.ts';
import { badRequest } from './request-refused.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a request asks for, whichever way it came. */
export interface OperationRequest {
  /** The document; empty where `documentId` or the extensions name it. */
  readonly query: string;
  readonly documentId: string | undefined;
  readonly variables: Json;
  readonly operationName: string | undefined;
  readonly extensions: Json;
}

/**
 * Reads the JSON body of a POST. Null and left out mean the same.
 * @throws RequestRefused when it is no request, naming the first part that is wrong.
 */
export function readBody(body: unknown): OperationRequest {
  if (Array.isArray(body)) throw badRequest('A body holds one request; lists of requests are not served');
  if (!isMap(body)) throw badRequest('The body has to be a JSON object with a query');
  const { query, variables, operationName, extensions } = body;
  return {
    query: textOf('query', query) ?? '',
    documentId: documentIdOf(body),
    variables: mapOf('variables', variables),
    operationName: textOf('operationName', operationName),
    extensions: mapOf('extensions', extensions),
  };
}

/**
 * Reads the parameters of a GET. An empty `operationName` means the same as none, as GraphQL over HTTP has it.
 * @throws RequestRefused when `variables` or `extensions` are no JSON objects; ContractError when there is too much in them.
 */
export function readSearch(url: string): OperationRequest {
  const start = url.indexOf('?');
  const parameters = new URLSearchParams(start === -1 ? '' : url.slice(start));
  return {
    query: parameters.get('query') ?? '',
    documentId: documentIdOf(Object.fromEntries(parameters)),
    variables: mapOf('variables', jsonOf('variables', parameters.get('variables'))),
    operationName: parameters.get('operationName') || undefined,
    extensions: mapOf('extensions', jsonOf('extensions', parameters.get('extensions'))),
  };
}

/** The id of a persisted document, under its name in GraphQL over HTTP or in Relay's own servers. @throws RequestRefused */
export function documentIdOf({ documentId, doc_id: relayId }: Json): string | undefined {
  return (textOf('documentId', documentId) ?? textOf('doc_id', relayId)) || undefined;
}

function jsonOf(name: string, text: string | null): unknown {
  if (text === null || text === '') return undefined;
  checkJson(text, FRONT_DOOR_JSON);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`The parameter ${name} is not JSON`);
  }
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`${name} has to be a string`);
  return value;
}

function mapOf(name: string, value: unknown): Json {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw badRequest(`${name} has to be a JSON object`);
  return value;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
