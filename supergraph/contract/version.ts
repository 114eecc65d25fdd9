/**
 * The contract version this build speaks first. It moves when a message's meaning or bytes change, never when a model,
 * a stage's method or a tokenizer does: those are versioned apart.
 */
export const CONTRACT_VERSION = 2;

/** The contract versions a stage of this build understands, both ends included. */
export const CONTRACT_VERSIONS = { from: 1, through: 2 } as const;

/**
 * The version each message is written in: the one in which its form last changed. A fragment's is 1 for as long as its form
 * stays, so that its id does: the same text appended before and after version 2 is stored once.
 */
export const WRITTEN_VERSIONS = { delta: 2, fragment: 1, summary: 1, workingSet: 2, tokenEvent: 2 } as const;

/** HTTP header (and WebSocket connection parameter) with which a call names the contract version it speaks. */
export const CONTRACT_HEADER = 'context-contract';

/** The tokenizer every token count of the contract is made with. A model's own count stays in the reasoning stage. */
export const CONTRACT_TOKENIZER = 'o200k';
