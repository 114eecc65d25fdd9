import { basename } from 'node:path';
import { inspectModel } from '../gguf/inspect-model.ts';
import { EXTRACTIVE } from './extractive.ts';
import type { ModelManifest } from './manifest.ts';

/** Of a model nobody has tried: cautious, and the same for all. */
const SAMPLING = { temperature: 0.2, topP: 0.9, repetitionPenalty: 1.05 };
const MOST_BUDGET_TOKENS = 2_000;
const MOST_ANSWER_TOKENS = 400;
const LONGEST_ID = 64;

/**
 * The manifest of a model file that is named by its path alone: its id is the name of the file, all else is in the file. One that is as
 * long as the file of a known manifest is taken for that one, and is then verified. Throws `MODEL_INVALID` for what cannot be run.
 */
export function manifestOfFile(ggufPath: string, manifests: readonly ModelManifest[]): ModelManifest {
  const { shape, sizeBytes } = inspectModel(ggufPath);
  const known = manifests.find((manifest) => manifest.sizeBytes === sizeBytes);
  if (known !== undefined) return known;
  return {
    id: idOf(ggufPath, manifests),
    family: shape.architecture,
    licence: 'unknown',
    file: basename(ggufPath),
    sizeBytes,
    sha256: null,
    contextTokens: shape.contextTokens,
    defaultBudgetTokens: Math.min(MOST_BUDGET_TOKENS, Math.max(256, shape.contextTokens >> 1)),
    maxAnswerTokens: Math.min(MOST_ANSWER_TOKENS, shape.contextTokens >> 2),
    stop: [],
    sampling: SAMPLING,
    selectivity: null,
    sources: [{ kind: 'local-path' }],
  };
}

function idOf(ggufPath: string, manifests: readonly ModelManifest[]): string {
  const name = basename(ggufPath)
    .replace(/\.gguf$/i, '')
    .replace(/-\d{5}-of-\d{5}$/, '');
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, LONGEST_ID);
  const taken = ['', 'auto', EXTRACTIVE.id, ...manifests.map((manifest) => manifest.id)];
  return taken.includes(id) ? `${id}-file`.replace(/^-/, '') : id;
}
