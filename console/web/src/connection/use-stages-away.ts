import { useEffect, useRef, useState } from 'react';

/** What the gateway says of its stages; null where it does not answer itself. */
export type StagesAway = readonly string[] | null;

const EVERY_MS = 10_000;
const WHILE_AWAY_MS = 2_000;
const PATIENCE_MS = 8_000;

/** The stages that the gateway cannot reach, as they go and come back; looked for while the page is looked at. `onBack` is told when some are back. */
export function useStagesAway(onBack: () => void): StagesAway {
  const [away, setAway] = useState<StagesAway>([]);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function look(): Promise<void> {
      let found: StagesAway = [];
      if (!document.hidden) {
        found = await stagesAway(controller.signal);
        if (controller.signal.aborted) return;
        setAway((before) => (sameStages(before, found) ? before : found));
      }
      timer = setTimeout(() => void look(), found?.length === 0 ? EVERY_MS : WHILE_AWAY_MS);
    }
    void look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, []);

  const lacking = away === null ? Infinity : away.length;
  const before = useRef(lacking);
  useEffect(() => {
    if (lacking < before.current) onBack();
    before.current = lacking;
  }, [lacking, onBack]);
  return away;
}

async function stagesAway(leaving: AbortSignal): Promise<StagesAway> {
  try {
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(PATIENCE_MS)]);
    const { unreachable = [] } = await (await fetch('/ready', { signal })).json();
    return Array.isArray(unreachable) ? unreachable.map(String) : [];
  } catch {
    return null;
  }
}

function sameStages(one: StagesAway, other: StagesAway): boolean {
  return one?.join() === other?.join();
}
