import type { TokenBytes } from '../gguf/token-bytes.ts';

/** Text that can be sent, and the tokens that came since the last one. */
export interface TextPiece {
  readonly text: string;
  readonly tokens: number;
}

/**
 * Turns an answer's tokens into text that never has to be taken back: bytes wait until their character is whole, and
 * characters wait while a stop string may begin with them.
 */
export class AnswerText {
  readonly #tokenBytes: TokenBytes;
  readonly #stops: readonly string[];
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #held = '';
  #tokens = 0;
  #stopped = false;

  constructor(tokenBytes: TokenBytes, stops: readonly string[]) {
    this.#tokenBytes = tokenBytes;
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** True once a stop string has come; what follows it is dropped. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Takes the next token; returns what can be sent now, if anything. */
  push(token: number): TextPiece | undefined {
    if (this.#stopped) return undefined;
    this.#tokens += 1;
    return this.#take(this.#decoder.decode(this.#tokenBytes.bytes(token), { stream: true }));
  }

  /** The answer is over: returns what was held back. An incomplete character becomes U+FFFD. */
  end(): TextPiece | undefined {
    if (this.#stopped) return undefined;
    const chunk = this.#take(this.#decoder.decode());
    const text = (chunk?.text ?? '') + this.#held;
    this.#held = '';
    const tokens = (chunk?.tokens ?? 0) + this.#tokens;
    this.#tokens = 0;
    return text === '' ? undefined : { text, tokens };
  }

  #take(text: string): TextPiece | undefined {
    this.#held += text;
    const stop = this.#earliestStop();
    if (stop >= 0) {
      this.#held = this.#held.slice(0, stop);
      this.#stopped = true;
    }
    const ready = this.#stopped ? this.#held.length : this.#held.length - this.#possibleStopLength();
    if (ready === 0) return undefined;
    const chunk = { text: this.#held.slice(0, ready), tokens: this.#tokens };
    this.#held = this.#held.slice(ready);
    this.#tokens = 0;
    return chunk;
  }

  #earliestStop(): number {
    const places = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((place) => place >= 0);
    return places.length === 0 ? -1 : Math.min(...places);
  }

  /** Length of the longest end of the held text that some stop string begins with. */
  #possibleStopLength(): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > longest; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
