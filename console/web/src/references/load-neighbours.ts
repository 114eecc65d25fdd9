import {
  type FragmentFieldsFragment,
  type GraphClient,
  GraphRequestError,
  LogPlaceDocument,
  LogStretchDocument,
} from '@supercontext/client';

/** The fragments on both sides of one in a session's log; null at its ends, and for one that cannot be read. */
export interface Neighbours {
  readonly before: FragmentFieldsFragment | null;
  readonly after: FragmentFieldsFragment | null;
}

/** The longest page of a log. */
const PAGE = 512;
/** A log of 100 000 fragments, about 50 million tokens. */
const MAXIMUM_PAGES = 200;

/** Reads what stands around places of one session's log. Its ways there are remembered: a log only grows. */
export class LogReader {
  readonly #client: GraphClient;
  readonly #sessionId: string;
  /** Cursors of the last entries of the first pages, in order. */
  readonly #ends: string[] = [];

  constructor(client: GraphClient, sessionId: string) {
    this.#client = client;
    this.#sessionId = sessionId;
  }

  /**
   * @param position Of the fragment, from 0
   * @throws GraphRequestError INPUT_INVALID beyond 100 000 fragments, and the platform's own
   */
  async neighbours(position: number, signal: AbortSignal): Promise<Neighbours> {
    const first = Math.max(0, position - 1);
    const after = await this.#cursorBefore(first, signal);
    const variables = { id: this.#sessionId, first: position - first + 2, after };
    // A neighbour that is damaged is none; the other may be whole.
    const { session } = await this.#client.query(LogStretchDocument, variables, { signal, onPartial: () => undefined });
    const nodes = session?.fragments?.edges.map(({ node }) => node) ?? [];
    return {
      before: position === 0 ? null : (nodes[0] ?? null),
      after: nodes[position - first + 1] ?? null,
    };
  }

  /** The cursor behind which a position begins; null for the first. A list can be entered at its beginning only. */
  async #cursorBefore(position: number, signal: AbortSignal): Promise<string | null> {
    const pages = Math.floor(position / PAGE);
    if (pages > MAXIMUM_PAGES) {
      throw new GraphRequestError('INPUT_INVALID', 'the log is too long to be read up to this place');
    }
    while (this.#ends.length < pages) this.#ends.push(await this.#end(PAGE, this.#ends.at(-1) ?? null, signal));
    const after = pages === 0 ? null : (this.#ends[pages - 1] ?? null);
    const rest = position % PAGE;
    return rest === 0 ? after : this.#end(rest, after, signal);
  }

  async #end(first: number, after: string | null, signal: AbortSignal): Promise<string> {
    const { session } = await this.#client.query(LogPlaceDocument, { id: this.#sessionId, first, after }, { signal });
    const end = session?.fragments?.pageInfo.endCursor;
    if (!end) throw new GraphRequestError('FRAGMENT_MISSING', 'the log ends before this place', { retryable: true });
    return end;
  }
}
