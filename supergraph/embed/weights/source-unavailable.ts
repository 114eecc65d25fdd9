/** A source cannot give the file; the next one is tried. The message is the reason, in a few words. */
export class SourceUnavailable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SourceUnavailable';
  }
}
