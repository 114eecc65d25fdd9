/** A page that is made once and sent from the same bytes every time, however many readers it has. */
export interface Page {
  readonly body: Buffer;
  /** Value of its Content-Security-Policy header. */
  readonly policy: string;
}
