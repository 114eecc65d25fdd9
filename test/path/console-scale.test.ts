import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeReport } from '../../codegen/client/fixtures/fake-answer.ts';
import type { FakeGraph } from '../../codegen/client/fixtures/fake-graph.ts';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { axeFindings, consolePage } from '../support/console-page.ts';
import { fakeConsole } from '../support/fake-console.ts';
import { slowness } from '../support/machine-speed.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
const TURNS = 10_000;
const SESSIONS = 1_000;
const MOMENT = '2026-09-21T12:00:00.000Z';
/** Of a task of the page, above which a scroll would be seen to stop. */
const JERK_MS = 150;

const sessionIdOf = (number: number) => `ses_${String(number).padStart(24, '0')}`;

interface PageArguments {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

/** A page of a list of so many, whose cursors are places in it. */
function pageOf(count: number, { first, after, last, before }: PageArguments, nodeAt: (index: number) => unknown) {
  const from = after === undefined || after === null ? 0 : Number(after) + 1;
  const to = before === undefined || before === null ? count : Number(before);
  const begin = last === undefined || last === null ? from : Math.max(from, to - last);
  const end = Math.min(to, first === undefined || first === null ? to : begin + first);
  const indexes = Array.from({ length: Math.max(0, end - begin) }, (_, at) => begin + at);
  return {
    edges: indexes.map((index) => ({ cursor: String(index), node: nodeAt(index) })),
    pageInfo: {
      hasNextPage: end < count,
      hasPreviousPage: begin > 0,
      startCursor: String(begin),
      endCursor: String(end - 1),
    },
  };
}

/** Answers of quite different lengths. */
function turnAt(sessionId: string, index: number) {
  const id = `gen_${String(index).padStart(24, '0')}`;
  const generation = fakeReport(id, `Answer ${index}. ${'It goes on. '.repeat((index * 7) % 90)}`, 'COMPLETED');
  const turn = { id: `${sessionId}.t${index}`, index, prompt: `Question ${index}?`, createdAt: MOMENT };
  return { ...turn, generations: [generation] };
}

function sessionAt(number: number) {
  const id = sessionIdOf(number);
  return {
    __typename: 'Session',
    id,
    title: `Session ${number}`,
    createdAt: MOMENT,
    lastActivityAt: MOMENT,
    archivedAt: null,
    revision: 1,
    tokens: 2_000_000,
    fragmentCount: 4_000,
    turns: async (page: PageArguments) => {
      await sleep(readingMs);
      return pageOf(TURNS, page, (index) => turnAt(id, index));
    },
  };
}

/** How long the graph takes for a page of turns. */
let readingMs = 0;
let graph: FakeGraph;
let browser: Browser;
let page: Page;
let faults: readonly string[];

beforeAll(async () => {
  if (browserPath === null) return;
  graph = await fakeConsole({
    root: {
      sessions: (page: PageArguments) => pageOf(SESSIONS, page, sessionAt),
      session: ({ id }: { id: string }) => sessionAt(Number(id.slice('ses_'.length))),
    },
  });
  browser = await launchBrowser(browserPath);
  ({ page, faults } = await consolePage(browser));
});
afterAll(async () => {
  await browser?.close();
  await graph?.stop();
});

const log = () => page.getByRole('log');
const seenTurns = () => log().getByRole('article').count();

/** Does something, and gives the longest tasks of the page meanwhile, in ms. */
async function longTasks(work: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(() => {
    const seen: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.push(duration);
    });
    observer.observe({ entryTypes: ['longtask'] });
    const endOfLongTasks = () => {
      observer.disconnect();
      return seen;
    };
    Object.assign(globalThis, { endOfLongTasks });
  });
  await work();
  return page.evaluate(() => (globalThis as unknown as { endOfLongTasks(): number[] }).endOfLongTasks());
}

describe.skipIf(noBrowser !== null)(
  `a console with ten thousand turns and a thousand sessions${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    it('opens at the newest turns, having read those alone', async () => {
      await page.goto(`${graph.url}/#/sessions/${sessionIdOf(700)}`);
      await page.getByRole('article', { name: `Question ${TURNS - 1}?`, exact: true }).waitFor();
      expect(await seenTurns()).toBeLessThan(20);
      const asked = graph.received.filter(({ payload }) => payload.variables?.last !== undefined);
      expect(asked.map(({ payload }) => payload.variables?.last)).toEqual([50]);
    });

    it('brings the selected session into sight, of which only its part of the list is drawn', async () => {
      const list = page.getByRole('list', { name: 'All sessions' });
      const selected = list.locator('[aria-current="page"]');
      await selected.waitFor();
      expect(await selected.innerText()).toContain('Session 700');
      expect(await list.getByRole('listitem').count()).toBeLessThan(50);
      const box = await selected.boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect(box?.y).toBeLessThan(900);
    });

    it('reads older turns as its reader scrolls up, which stay where they are seen, without a jerk', async () => {
      await log().hover();
      const tasks = await longTasks(async () => {
        for (let wheel = 0; wheel < 120; wheel++) {
          await page.mouse.wheel(0, -400);
          await page.waitForTimeout(16);
        }
      });
      const first = Number(
        /\d+/.exec((await log().getByRole('article').first().getAttribute('aria-label')) ?? '')?.[0],
      );
      expect(first).toBeLessThan(TURNS - 60);
      expect(await seenTurns()).toBeLessThan(30);
      const boundMs = JERK_MS * slowness();
      expect(tasks.filter((durationMs) => durationMs > boundMs)).toEqual([]);
    });

    it('keeps a turn at its place while those before it are read', async () => {
      readingMs = 700;
      const asked = graph.received.length;
      while (graph.received.length === asked) {
        await page.mouse.wheel(0, -200);
        await page.waitForTimeout(16);
      }
      // Until the wheel has come to rest.
      await page.waitForTimeout(300);
      await page.getByText('Loading earlier turns…').waitFor();
      const name = (await log().getByRole('article').nth(2).getAttribute('aria-label')) ?? '';
      const turn = page.getByRole('article', { name, exact: true });
      const y = (await turn.boundingBox())?.y ?? Number.NaN;
      await page.getByText('Loading earlier turns…').waitFor({ state: 'detached' });
      readingMs = 0;
      await page.waitForTimeout(200);
      expect(Math.abs(((await turn.boundingBox())?.y ?? Number.NaN) - y)).toBeLessThan(2);
    });

    it('finds a turn far back', async () => {
      await page.goto(`${graph.url}/#/sessions/${sessionIdOf(700)}/turns/8000`);
      await page.getByRole('article', { name: 'Question 8000?', exact: true }).waitFor({ timeout: 60_000 });
      const box = await page.getByRole('article', { name: 'Question 8000?', exact: true }).boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect(box?.y).toBeLessThan(800);
      expect(await axeFindings(page)).toEqual([]);
    }, 90_000);

    it('had no fault on the way', () => {
      expect(faults).toEqual([]);
    });
  },
);
