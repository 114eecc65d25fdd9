import { MAXIMUM_STAGE_MESSAGE_BYTES } from '@supercontext/runtime/serve/socket-bounds.ts';
import type { SubscribePayload } from 'graphql-ws';

/** As long as one can become. */
const ID = String(Number.MAX_SAFE_INTEGER);

/** Bytes of the message that asks a stage for a stream, all that goes along with it counted; undefined when a stage does not take it. */
export function messageBytes(payload: SubscribePayload): number | undefined {
  if (hasMoreText(payload, MAXIMUM_STAGE_MESSAGE_BYTES)) return undefined;
  const sizeBytes = Buffer.byteLength(JSON.stringify({ id: ID, type: 'subscribe', payload }));
  return sizeBytes <= MAXIMUM_STAGE_MESSAGE_BYTES ? sizeBytes : undefined;
}

/** Whether the texts in it alone have more UTF-16 units, each of which is a byte or more. Looks at no more than it has to. */
function hasMoreText(root: object, maximum: number): boolean {
  const open: unknown[] = [root];
  let characters = 0;
  while (open.length > 0 && characters <= maximum) {
    const value = open.pop();
    if (typeof value === 'string') characters += value.length;
    else if (Array.isArray(value)) for (const member of value) open.push(member);
    else if (typeof value === 'object' && value !== null) for (const pair of Object.entries(value)) open.push(...pair);
  }
  return characters > maximum;
}
