import { utf8Bytes } from '@supercontext/contract';

const BYTES_A_TOKEN = 3;

/**
 * Tokens of a text for a model whose tokenizer nobody here knows: rather more than there are. Prose has 4 to 5 bytes a token,
 * code 3 to 4, Chinese about 3; only long numbers and random letters come out too small.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Bytes(text) / BYTES_A_TOKEN);
}
