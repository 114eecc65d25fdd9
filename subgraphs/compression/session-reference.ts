/** Whether a session exists is the context stage's to say; here every one has a tree, if an empty one. */
export interface SessionReference {
  readonly id: string;
  /** Of what is withdrawn of its log, where the graph asked for that. */
  readonly withdrawnDigest?: string;
}
