import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTES } from './attributes.ts';

const LISTED: ReadonlySet<string> = new Set(Object.values(ATTRIBUTES));
const MAXIMUM_CHARACTERS = 120;

/** Keeps listed attributes only, and their strings short: no text of a prompt or fragment can leave in a span. */
export function redact(attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (!LISTED.has(name)) continue;
    kept[name] = typeof value === 'string' ? value.slice(0, MAXIMUM_CHARACTERS) : value;
  }
  return kept;
}
