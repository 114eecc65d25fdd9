/** A document as it is sent: by its hash, and whole only to a server that does not know it. */
export interface SentDocument {
  readonly text: string;
  readonly sha256: string;
}

/** One operation of the graph, with the types of what goes in and comes out. */
export interface Operation<Data, Variables> extends SentDocument {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** For a stream that can be continued after a cursor. */
  readonly resume?: SentDocument & {
    /** The field of the data that holds an event. */
    readonly field: string;
    /** Whether opening the stream anew has no effect but reading it again. */
    readonly repeatable: boolean;
  };
  /** Carries the types only; never there. */
  readonly types?: (variables: Variables) => Data;
}
