/**
 * The contract version this build writes. It moves when a message's meaning or bytes change, never when a model,
 * a stage's method or a tokenizer does: those are versioned apart.
 */
export const CONTRACT_VERSION = 1;

/** The contract versions a stage of this build understands, both ends included. */
export const CONTRACT_VERSIONS = { from: 1, through: 1 } as const;

/** HTTP header (and WebSocket connection parameter) with which a call names the contract version it speaks. */
export const CONTRACT_HEADER = 'context-contract';

/** The tokenizer every token count of the contract is made with. A model's own count stays in the reasoning stage. */
export const CONTRACT_TOKENIZER = 'o200k';
