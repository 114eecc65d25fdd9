/** One service of the platform and the version of its code. */
export interface Stage {
  readonly name: string;
  readonly version: string;
}
