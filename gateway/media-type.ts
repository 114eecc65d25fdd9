import { weighted } from './weighted.ts';

export const JSON_TYPE = 'application/json';
export const RESPONSE_TYPE = 'application/graphql-response+json';

/** The media type of an answer. */
export interface AnswerType {
  readonly type: typeof JSON_TYPE | typeof RESPONSE_TYPE;
  /** Whether the client named this type itself, rather than taking anything. */
  readonly isNamed: boolean;
}

/** What clients that do not care get. */
const DEFAULT: AnswerType = { type: JSON_TYPE, isNamed: false };
const OFFERS: Readonly<Record<string, AnswerType>> = {
  [JSON_TYPE]: { type: JSON_TYPE, isNamed: true },
  [RESPONSE_TYPE]: { type: RESPONSE_TYPE, isNamed: true },
  'application/*': DEFAULT,
  '*/*': DEFAULT,
};

/** The type an `Accept` header prefers of those of GraphQL over HTTP; undefined when it takes neither. Of equals the first. */
export function answerType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept.trim() === '') return DEFAULT;
  let best: { offer: AnswerType; quality: number } | undefined;
  for (const { name, quality } of weighted(accept)) {
    const offer = Object.hasOwn(OFFERS, name) ? OFFERS[name] : undefined;
    if (offer !== undefined && quality > 0 && quality > (best?.quality ?? 0)) best = { offer, quality };
  }
  return best?.offer;
}

/** The type without its parameters, in lower case. */
export function essenceOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
