import { readFileSync } from 'node:fs';
import {
  MAXIMUM_DELTA_BYTES,
  MAXIMUM_ITEMS,
  MAXIMUM_KEY_CHARACTERS,
  MAXIMUM_METADATA_CHARACTERS,
  MAXIMUM_NAME_CHARACTERS,
  MAXIMUM_SPEAKER_CHARACTERS,
} from '@supercontext/context/check-delta.ts';
import { MAXIMUM_PARTS } from '@supercontext/context/document-changes.ts';
import { PAGE_SIZES as DOCUMENT_PAGE_SIZES } from '@supercontext/context/list-documents.ts';
import { PAGE_SIZES } from '@supercontext/context/list-sessions.ts';
import { MAXIMUM_TITLE_CHARACTERS } from '@supercontext/context/session-title.ts';
import { BUDGET_TOKENS } from '@supercontext/context/working-set/shares.ts';
import { type ErrorCode, MAXIMUM_MESSAGE_CHARACTERS, MAXIMUM_QUESTION_CHARACTERS } from '@supercontext/contract';
import { SETTINGS as GATEWAY } from '@supercontext/gateway/config.ts';
import { MAXIMUM_ANSWER_BYTES } from '@supercontext/gateway/request-context.ts';
import { SETTINGS as REASONING } from '@supercontext/reasoning/config.ts';
import { PAGE_SIZES as FRAGMENT_PAGE_SIZES } from '@supercontext/store/list-fragments.ts';
import { MAXIMUM_FIRST } from '@supercontext/store/search-session.ts';
import { Kind, parse, visit } from 'graphql';
import { code, markdownTable } from './markdown-table.ts';

type Limit = readonly [what: string, most: string, code: ErrorCode | ''];

const MiB = 1024 * 1024;
const SUPERGRAPH = new URL('../../supergraph/supergraph.graphql', import.meta.url);

/** How much of everything is taken, and the code that says it was too much. */
export function limitsTable(): string {
  const { bodyLimitBytes, maxDocumentBytes, maxDepth, maxFields, maxAliases, maxCost } = GATEWAY;
  const { maxSubscriptions, requestTimeoutMs } = GATEWAY;
  const document = `${size(maxDocumentBytes.fallback)}, ${maxDepth.fallback} levels, ${maxFields.fallback} fields, ${maxAliases.fallback} aliases`;
  const limits: readonly Limit[] = [
    ['text of one append', size(MAXIMUM_DELTA_BYTES), 'DELTA_TOO_LARGE'],
    ['items of one append', count(MAXIMUM_ITEMS), 'DELTA_TOO_LARGE'],
    ['path or title of an item', characters(MAXIMUM_NAME_CHARACTERS), 'INPUT_INVALID'],
    ['parts of a version of a document', count(MAXIMUM_PARTS), 'INPUT_INVALID'],
    ['name of a speaker', characters(MAXIMUM_SPEAKER_CHARACTERS), 'INPUT_INVALID'],
    ['metadata of an item', characters(MAXIMUM_METADATA_CHARACTERS), 'INPUT_INVALID'],
    ['idempotency key', characters(MAXIMUM_KEY_CHARACTERS), 'INPUT_INVALID'],
    ['title of a session', characters(MAXIMUM_TITLE_CHARACTERS), 'INPUT_INVALID'],
    ['question', characters(MAXIMUM_QUESTION_CHARACTERS), 'INPUT_INVALID'],
    [
      'budget of a working set',
      `${count(BUDGET_TOKENS.from)}-${count(BUDGET_TOKENS.through)} o200k tokens; of an answer what its model's window holds`,
      'BUDGET_EXCEEDED',
    ],
    ['page of a list', page(PAGE_SIZES), 'INPUT_INVALID'],
    ['page of documents', page(DOCUMENT_PAGE_SIZES), 'INPUT_INVALID'],
    ['page of fragments', page(FRAGMENT_PAGE_SIZES), 'INPUT_INVALID'],
    ['hits of a search', count(MAXIMUM_FIRST), 'INPUT_INVALID'],
    ['request body, WebSocket message', size(bodyLimitBytes.fallback), 'REQUEST_TOO_LARGE'],
    ['document', document, 'REQUEST_TOO_COMPLEX'],
    ['cost of an operation', count(maxCost.fallback), 'REQUEST_TOO_COMPLEX'],
    ['answer of a query or mutation', size(MAXIMUM_ANSWER_BYTES), 'REQUEST_TOO_COMPLEX'],
    ['time of a query or mutation', `${Number(requestTimeoutMs.fallback) / 1_000} s`, 'DEADLINE_EXCEEDED'],
    ['operations open on one WebSocket', count(maxSubscriptions.fallback), 'SERVER_BUSY'],
    [
      'answers being written, and waiting',
      `${REASONING.slots.fallback}, and ${REASONING.queueLimit.fallback}`,
      'MODEL_OVERLOADED',
    ],
    ['of what you sent, in an error', characters(MAXIMUM_MESSAGE_CHARACTERS), ''],
  ];
  return markdownTable(
    ['what', 'at most', 'otherwise'],
    limits.map(([what, most, error]) => [what, most, error === '' ? 'cut in the middle' : code(error)]),
  );
}

/** The fields that cost more than the one of any object, dearest first. */
export function costsTable(): string {
  const costs: { field: string; weight: number }[] = [];
  visit(parse(readFileSync(SUPERGRAPH, 'utf8')), {
    [Kind.OBJECT_TYPE_DEFINITION]: ({ name, directives = [], fields = [] }) => {
      if (directives.some((directive) => directive.name.value === 'inaccessible')) return;
      for (const field of fields) {
        const cost = field.directives?.find((directive) => directive.name.value === 'cost');
        const [weight] = cost?.arguments ?? [];
        if (weight?.value.kind !== Kind.INT) continue;
        costs.push({ field: `${name.value}.${field.name.value}`, weight: Number(weight.value.value) });
      }
    },
  });
  const dear = costs.filter(({ weight }) => weight > 1).sort((one, other) => other.weight - one.weight);
  return markdownTable(
    ['field', 'cost'],
    dear.map(({ field, weight }) => [code(field), count(weight)]),
  );
}

function size(bytes = 0): string {
  return bytes >= MiB ? `${bytes / MiB} MiB` : `${bytes / 1024} KiB`;
}

function page({ most, standard }: typeof PAGE_SIZES): string {
  return `${count(most)}, ${standard} when nothing is said`;
}

function characters(number: number): string {
  return `${count(number)} characters`;
}

function count(number = 0): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
}
