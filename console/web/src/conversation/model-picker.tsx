import { ModelsDocument, type ModelsQuery } from '@supercontext/client';
import { type ReactNode, useCallback, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { useLoaded } from '../use-loaded.ts';

type Model = ModelsQuery['models'][number];

interface Props {
  /** Null for what the platform has for its default. */
  readonly chosen: string | null;
  readonly onChoose: (model: string | null) => void;
}

const NEEDS: Readonly<Record<NonNullable<Model['needs']>, string>> = {
  WEIGHTS: 'needs its weights',
  KEY: 'needs a key',
  SERVER: 'does not answer',
};

/** The choice of all sessions, while the page lives. */
let lastChosen: string | null = null;

/** Which model the next question is for. */
export function useModelChoice(): [string | null, (model: string | null) => void] {
  const [chosen, setChosen] = useState(lastChosen);
  const choose = useCallback((model: string | null) => {
    lastChosen = model;
    setChosen(model);
  }, []);
  return [chosen, choose];
}

/** The models there are, to pick one for the next question; nothing where there is no choice, or none can be read. */
export function ModelPicker({ chosen, onChoose }: Props): ReactNode {
  const client = useClient();
  const load = useCallback(
    async (signal: AbortSignal) => (await client.query(ModelsDocument, {}, { signal })).models,
    [client],
  );
  const [loaded, reload] = useLoaded(load);
  if (loaded.phase !== 'loaded' || loaded.value.length < 2) return null;
  const [standard, ...others] = loaded.value;
  return (
    <select
      className="model-picker"
      aria-label="Model"
      value={chosen ?? ''}
      // Servers come and go: what is offered is looked at again by whoever is about to choose.
      onFocus={reload}
      onChange={({ target }) => onChoose(target.value === '' ? null : target.value)}
    >
      {standard !== undefined && <option value="">{nameOf(standard)}</option>}
      {others.map((model) => (
        <option key={model.id} value={model.id} disabled={model.needs !== null && model.id !== chosen}>
          {nameOf(model)}
        </option>
      ))}
      {chosen !== null && loaded.value.every(({ id }) => id !== chosen) && (
        <option value={chosen}>{chosen} (is gone)</option>
      )}
    </select>
  );
}

function nameOf({ id, needs, small }: Model): string {
  const notes = [small ? 'small' : null, needs === null ? null : NEEDS[needs]].filter((note) => note !== null);
  return notes.length === 0 ? id : `${id} (${notes.join(', ')})`;
}
