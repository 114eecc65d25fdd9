import { utf8Bytes } from '@supercontext/contract';

const BYTES_A_TOKEN = 3;

/**
 * Tokens of a text for a model whose tokenizer nobody here knows: rather more than there are. Prose has 4 to 5 bytes a token,
 * code 3 to 4, Chinese about 3; only long numbers and random letters come out too small.
 */
export function estimateTokens(text: string): number {
  return estimateTokensOf(utf8Bytes(text));
}

/** The same by the bytes of the text in UTF-8. */
export function estimateTokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_A_TOKEN);
}
