import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type GraphClient } from '@supercontext/client';
import { keySlot } from '../../supergraph/runtime/redis/key-slot.ts';
import { Caller, codesOf } from './acknowledged.ts';
import type { AskedQuestion } from './question-work.ts';
import { SessionWork } from './session-work.ts';

const SESSIONS = 6;
/** Each of the masters that there are at first has at least one of the sessions. */
const SLOTS_A_MASTER = 16_384 / 3;
const PAUSE_MS = 40;

/** What was done to the platform while it worked, and how it bore it. */
export interface Borne {
  /** From the end of the fault until each session had taken a write and a read that were begun after it. */
  readonly backMs: number;
  /** The longest that an acknowledged call took. */
  readonly longestMs: number;
  readonly acknowledged: number;
  readonly questions: number;
  readonly failedAnswers: number;
  readonly refusals: Readonly<Record<string, number>>;
}

export interface Bearing {
  readonly end?: () => Promise<void>;
  readonly isMeasuredFromBegin?: boolean;
}

/** Some sessions on all masters that are written, read and asked without rest, while something is done to the platform. */
export class SteadyWork {
  readonly caller: Caller;
  readonly client: GraphClient;
  readonly sessions: SessionWork[] = [];

  private constructor(url: string) {
    this.caller = new Caller(url);
    this.client = createClient({ url });
  }

  static async open(url: string, name: string, sessions = SESSIONS): Promise<SteadyWork> {
    const work = new SteadyWork(url);
    const masters = new Set<number>();
    for (let number = 0; number < sessions || masters.size < 3; number++) {
      const session = await SessionWork.open(`${name} ${number}`, work);
      masters.add(Math.floor(keySlot(`{${session.id}}`) / SLOTS_A_MASTER));
      work.sessions.push(session);
    }
    return work;
  }

  /**
   * Works on all sessions, does the fault, and then what ends it; checks all that was ever acknowledged. How long it took until all
   * were served is measured from when the fault had been ended, or, for one that the platform is to get over by itself, from its begin.
   */
  async bear(
    fault: () => Promise<void>,
    { end = async () => {}, isMeasuredFromBegin = false }: Bearing = {},
  ): Promise<Borne> {
    const before = { acknowledged: this.#acknowledged, questions: new Set(this.#questions) };
    this.caller.refusals.length = 0;
    this.caller.longestMs = 0;
    let isOver = false;
    const over = () => isOver;
    const working = Promise.all(this.sessions.flatMap((session) => lives(session, over)));
    // What goes wrong is told when all is over; until then it is nobody's.
    working.catch(() => {});
    await sleep(400);
    const beginMs = performance.now();
    await fault();
    if (!isMeasuredFromBegin) await end();
    const backMs = await this.#back(isMeasuredFromBegin ? beginMs : performance.now());
    if (isMeasuredFromBegin) await end();
    await sleep(300);
    isOver = true;
    await working;
    await Promise.all(this.sessions.map((session) => session.check()));
    const questions = this.#questions.filter((asked) => !before.questions.has(asked));
    return {
      backMs: Math.round(backMs),
      longestMs: Math.round(this.caller.longestMs),
      acknowledged: this.#acknowledged - before.acknowledged,
      questions: questions.length,
      failedAnswers: questions.filter(({ status }) => status === 'GenerationFailed').length,
      refusals: codesOf(this.caller.refusals),
    };
  }

  close(): Promise<void> {
    return this.client.close();
  }

  async #back(fromMs: number): Promise<number> {
    await Promise.all(
      this.sessions.map(async (session) => {
        await session.append();
        await session.read();
      }),
    );
    return performance.now() - fromMs;
  }

  get #acknowledged(): number {
    return this.sessions.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  get #questions(): readonly AskedQuestion[] {
    return this.sessions.flatMap(({ questions }) => questions);
  }
}

/** What is done with one session, at once: somebody writes, somebody reads, somebody asks. */
function lives(session: SessionWork, isOver: () => boolean): Promise<void>[] {
  const until = async (act: (turn: number) => Promise<unknown>) => {
    for (let turn = 0; !isOver(); turn++) {
      await act(turn);
      await sleep(PAUSE_MS);
    }
  };
  return [
    until((turn) => (turn % 5 === 4 ? session.replace(`file-${turn % 3}.md`) : session.append())),
    until(() => session.read()),
    until(() => session.ask()),
  ];
}
