const KEPT_UNITS = 16_384;

/** Reads texts as UTF-16 code units: what goes through every character of a text does so several times faster than in a string. */
export class CodeUnits {
  readonly #units = new Uint16Array(KEPT_UNITS);
  readonly #bytes = Buffer.from(this.#units.buffer);

  /** The units of a text, `text.length` of them and any others behind; of a short text overwritten by the next. */
  of(text: string): Uint16Array {
    if (text.length <= KEPT_UNITS) {
      this.#bytes.write(text, 'utf16le');
      return this.#units;
    }
    const units = new Uint16Array(text.length);
    Buffer.from(units.buffer).write(text, 'utf16le');
    return units;
  }
}
