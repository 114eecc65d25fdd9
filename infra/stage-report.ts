import type { StageName } from '@supercontext/runtime/common-settings.ts';
import type { PlatformEvent } from './platform.ts';

/** A stage that keeps dying is spoken of this often. */
const SPEAK_EVERY_MS = 60_000;

interface Told {
  readonly atMs: number;
  /** Deaths that were not told since. */
  readonly untold: number;
  /** Whether the last that was told is that it died. */
  readonly isDown: boolean;
}

/**
 * Tells a person of stages that die and come back: at most one line of deaths a minute for each stage, with the last that the
 * stage said and where there is more, and after it one that the stage is back.
 */
export function stageReport(
  say: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): (event: PlatformEvent) => void {
  const told = new Map<StageName, Told>();
  return (event) => {
    const { stage } = event;
    const before = told.get(stage);
    if (event.type === 'died') {
      if (before !== undefined && nowMs() - before.atMs < SPEAK_EVERY_MS) {
        told.set(stage, { ...before, untold: before.untold + 1 });
        return;
      }
      const times =
        before === undefined || before.untold === 0 ? '' : `, ${before.untold} times more since the last line`;
      const why = event.why === null ? '' : `: ${event.why}`;
      say(`${stage} died (${event.how}${times})${why}; starting it again; its log is ${event.logPath}`);
      told.set(stage, { atMs: nowMs(), untold: 0, isDown: true });
    }
    if (event.type === 'ready' && before?.isDown === true) {
      say(`${stage} is back`);
      told.set(stage, { ...before, isDown: false });
    }
  };
}
