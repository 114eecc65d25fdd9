import { readFileSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';
import type { WeightsSource } from '@supercontext/embed/weights/weights-source.ts';
import type { Selectivity } from '../worth-reading.ts';
import type { Sampling } from './language-model.ts';

/** One model the platform can run. */
export interface ModelManifest {
  readonly id: string;
  readonly family: string;
  readonly licence: string;
  readonly file: string;
  /** Null with the hash. */
  readonly sizeBytes: number | null;
  /** Null where only the file itself says what it is: the one of a path, or one whose source says it when it is fetched. */
  readonly sha256: string | null;
  /** What its window holds, to be told before the file is there; null where it does not say. */
  readonly contextTokens?: number | null;
  readonly defaultBudgetTokens: number;
  readonly maxAnswerTokens: number;
  readonly stop: readonly string[];
  readonly sampling: Sampling;
  /** Whether it is so small that it states wrong things as surely as right ones. */
  readonly isSmall?: boolean;
  /** Which of the evidence it is given; null for all that fits. */
  readonly selectivity?: Selectivity | null;
  readonly sources: readonly WeightsSource[];
}

/** A model of which is known beforehand what its file must be. */
export interface PinnedManifest extends ModelManifest {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The same manifest, where it says what the file must be. Throws `MODEL_INVALID` where it does not. */
export function pinned(manifest: ModelManifest): PinnedManifest {
  const { id, sizeBytes, sha256 } = manifest;
  if (sizeBytes !== null && sha256 !== null) return { ...manifest, sizeBytes, sha256 };
  throw new ContractError('MODEL_INVALID', `model '${id}': size and sha256 of its file are not known yet`);
}

export const MODELS_FILE = new URL('../models.json', import.meta.url);

/** The manifests of a file, the default first. Throws `MODEL_INVALID` naming model and field for whatever is missing or out of range. */
export function readManifests(file: URL | string = MODELS_FILE): readonly ModelManifest[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ContractError('MODEL_INVALID', `the manifest of models cannot be read: ${String(error)}`);
  }
  const models = record(parsed, 'the manifest').models;
  if (!Array.isArray(models) || models.length === 0) {
    throw new ContractError('MODEL_INVALID', 'the manifest lists no models');
  }
  return models.map(readManifest);
}

/** The manifest of this id, or the default one. Throws `MODEL_UNKNOWN` naming the known ids. */
export function findManifest(manifests: readonly ModelManifest[], id?: string): ModelManifest {
  const found = id === undefined ? manifests[0] : manifests.find((manifest) => manifest.id === id);
  if (found !== undefined) return found;
  const known = manifests.map((manifest) => manifest.id).join(', ');
  throw new ContractError('MODEL_UNKNOWN', `no model '${id}' in the manifest; known are: ${known}`);
}

function readManifest(value: unknown, index: number): ModelManifest {
  const fields = record(value, `model ${index}`);
  const where = typeof fields.id === 'string' ? `model '${fields.id}'` : `model ${index}`;
  const sampling = record(fields.sampling, `${where}: sampling`);
  const manifest: ModelManifest = {
    id: text(fields, 'id', where),
    family: text(fields, 'family', where),
    licence: text(fields, 'licence', where),
    file: text(fields, 'file', where),
    sizeBytes: fields.sizeBytes === undefined ? null : number(fields, 'sizeBytes', where, 1, Number.MAX_SAFE_INTEGER),
    sha256: fields.sha256 === undefined ? null : text(fields, 'sha256', where),
    contextTokens: fields.contextTokens === undefined ? null : number(fields, 'contextTokens', where, 512, 1 << 24),
    defaultBudgetTokens: number(fields, 'defaultBudgetTokens', where, 256, 1 << 24),
    maxAnswerTokens: number(fields, 'maxAnswerTokens', where, 1, 1 << 20),
    stop: texts(fields, 'stop', where),
    sampling: {
      temperature: number(sampling, 'temperature', where, 0, 2),
      topP: number(sampling, 'topP', where, 0.001, 1),
      repetitionPenalty: number(sampling, 'repetitionPenalty', where, 0.1, 10),
    },
    selectivity: fields.selectivity === undefined ? null : readSelectivity(fields.selectivity, where),
    isSmall: fields.isSmall === true,
    sources: (Array.isArray(fields.sources) ? fields.sources : []).map((source: unknown) => readSource(source, where)),
  };
  if (manifest.sha256 !== null && !/^[0-9a-f]{64}$/.test(manifest.sha256)) refuse(where, 'sha256', manifest.sha256);
  // Who says what the file must be says it wholly; a hub can be asked.
  if ((manifest.sha256 === null) !== (manifest.sizeBytes === null)) refuse(where, 'sizeBytes', manifest.sizeBytes);
  if (manifest.sha256 === null && !manifest.sources.some(({ kind }) => kind === 'hugging-face')) {
    refuse(where, 'sha256', manifest.sha256);
  }
  if (!/^[\w.-]+$/.test(manifest.file)) refuse(where, 'file', manifest.file);
  return manifest;
}

function readSelectivity(value: unknown, where: string): Selectivity {
  const fields = record(value, `${where}: selectivity`);
  return {
    leastShare: number(fields, 'leastShare', where, 0, 1),
    firstPassages: number(fields, 'firstPassages', where, 0, 1_000),
    rise: number(fields, 'rise', where, 0, 1),
  };
}

function readSource(value: unknown, where: string): WeightsSource {
  const fields = record(value, `${where}: a source`);
  switch (fields.kind) {
    case 'local-path':
      return { kind: 'local-path' };
    case 'hugging-face':
      return {
        kind: 'hugging-face',
        repository: text(fields, 'repository', where),
        revision: text(fields, 'revision', where),
        path: text(fields, 'path', where),
      };
    case 'pypi-wheel':
      return {
        kind: 'pypi-wheel',
        package: text(fields, 'package', where),
        version: text(fields, 'version', where),
        member: text(fields, 'member', where),
      };
    default:
      return refuse(where, 'sources[].kind', fields.kind);
  }
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ContractError('MODEL_INVALID', `${what} is no object`);
}

function texts(fields: Readonly<Record<string, unknown>>, field: string, where: string): readonly string[] {
  const values = fields[field] ?? [];
  const areTexts = Array.isArray(values) && values.every((value) => typeof value === 'string' && value !== '');
  return areTexts ? values : refuse(where, field, values);
}

function text(fields: Readonly<Record<string, unknown>>, field: string, where: string): string {
  const value = fields[field];
  return typeof value === 'string' && value !== '' ? value : refuse(where, field, value);
}

function number(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  where: string,
  least: number,
  most: number,
): number {
  const value = fields[field];
  return typeof value === 'number' && value >= least && value <= most ? value : refuse(where, field, value);
}

function refuse(where: string, field: string, value: unknown): never {
  throw new ContractError('MODEL_INVALID', `${where}: ${field} is ${JSON.stringify(value)}`, { field });
}
