import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { ask, axeFindings, consolePage, eventually, lastAnswer } from '../support/console-page.ts';
import { append, openSession } from '../support/graph.ts';
import { whyNoWeights } from '../support/model-weights.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const TITLE = 'Orchard records';
const FACT = 'The oldest pear tree of the orchard, called Old Bess, was planted in 1797 by Thomas Greel.';
const FILLER = Array.from({ length: 300 }, (_, row) => `Row ${row} bears ${row * 3} pears in a good year.`).join('\n');

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
let platform: RunningPlatform;
let browser: Browser;
let page: Page;
let faults: readonly string[];

beforeAll(async () => {
  if (browserPath === null) return;
  platform = await runningPlatform(whyNoWeights() === null ? { SUPERCONTEXT_MODEL: 'smollm2-135m-instruct' } : {});
  const sessionId = await openSession(platform.url, TITLE);
  await append(platform.url, {
    sessionId,
    idempotencyKey: 'orchard',
    items: [{ file: { path: 'rows.txt', text: FILLER } }, { file: { path: 'trees.md', text: FACT } }],
  });
  browser = await launchBrowser(browserPath);
  ({ page, faults } = await consolePage(browser));
  await page.goto(`${platform.url}/`);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

describe.skipIf(noBrowser !== null)(
  `the console in a browser${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    it('shows the sessions, and a conversation that streams its answer', async () => {
      await page.getByRole('link', { name: TITLE }).click();
      await ask(page, 'When was Old Bess planted?');
      expect(await lastAnswer(page)).toContain('Old Bess');
    }, 120_000);

    it('shows what the budget of the turn went to, down to the verbatim fragment', async () => {
      const map = page.getByRole('region', { name: 'Context map' });
      await eventually(() => map.innerText()).toMatch(/evidence/i);
      await map.getByRole('button').filter({ hasText: 'trees.md' }).first().click();
      const dialog = page.getByRole('dialog');
      await eventually(() => dialog.innerText()).toContain(FACT);
      await page.keyboard.press('Escape');
    });

    it('shows the hops of the turn, stage by stage', async () => {
      const hops = page.getByRole('region', { name: 'Hops' });
      expect(await hops.getByRole('listitem').count()).toBe(0);
      await hops.locator('summary').click();
      for (const stage of ['gateway', 'reasoning', 'context', 'store']) {
        await eventually(() => hops.innerText()).toContain(stage);
      }
    });

    it.skipIf(whyNoWeights() !== null)(
      'goes on where it was when the network is cut in the middle of an answer',
      async () => {
        await ask(page, 'Tell the story of the orchard and of all its rows.');
        const turn = page.getByRole('log').locator('.turn').last();
        await expect
          .poll(async () => (await turn.locator('.answer-text').allInnerTexts()).join('').length, { timeout: 60_000 })
          .toBeGreaterThan(3);
        await page.getByRole('button', { name: 'Cut my network' }).click();
        expect(await lastAnswer(page)).toMatch(/resumed at #\d+, 0 lost/);
      },
      120_000,
    );

    it('answers a question once more, and shows one answer or the other', async () => {
      const turn = page.getByRole('log').locator('.turn').last();
      const first = await turn.locator('.answer-text').innerText();
      await turn.getByRole('button', { name: 'Regenerate' }).click();
      await turn.getByText('2 of 2').waitFor({ timeout: 60_000 });
      expect(await lastAnswer(page)).toBeTruthy();
      await turn.getByRole('button', { name: 'Earlier answer' }).click();
      await turn.getByText('1 of 2').waitFor();
      expect(await turn.locator('.answer-text').innerText()).toBe(first);
      await page.reload();
      await turn.getByText('2 of 2').waitFor();
      expect(await axeFindings(page)).toEqual([]);
    }, 120_000);

    it('opens a session of its own', async () => {
      await page.getByPlaceholder('Title, if you like').fill('Fresh ground');
      await page.getByRole('button', { name: 'New session' }).click();
      await eventually(() => page.getByText('Fresh ground').count()).toBeGreaterThan(0);
    });

    it('had no fault on the way', async () => {
      expect(faults).toEqual([]);
      expect(await axeFindings(page)).toEqual([]);
    });

    it('has GraphiQL beside it, which works within its policy', async () => {
      const graphiql = await browser.newPage();
      const refused: string[] = [];
      graphiql.on('console', (message) => {
        if (/Content Security Policy|Refused/.test(message.text())) refused.push(message.text());
      });
      graphiql.on('pageerror', (error) => refused.push(error.message));
      await graphiql.goto(`${platform.url}/graphiql`);
      await graphiql.locator('.graphiql-execute-button').click({ timeout: 30_000 });
      const result = graphiql.locator('.result-window');
      // Its editor writes blanks that do not break.
      const shown = async (): Promise<string> => (await result.innerText()).replaceAll('\u00a0', ' ');
      await expect.poll(shown, { timeout: 30_000 }).toContain(TITLE);
      expect(refused).toEqual([]);
      await graphiql.close();
    }, 90_000);

    it('has Apollo Sandbox beside it, which says in sight when there is no Internet', async () => {
      const { page: sandbox } = await consolePage(browser, { viewport: { width: 1280, height: 720 } });
      await sandbox.route('**/*.apollographql.com/**', (route) => route.abort());
      await sandbox.goto(`${platform.url}/graphql`);
      const note = sandbox.getByRole('alert');
      expect(await note.innerText()).toContain('seems to be offline');
      expect((await note.boundingBox())?.y).toBeLessThan(720);
      expect(await axeFindings(sandbox)).toEqual([]);
      await note.getByRole('link', { name: 'GraphiQL' }).click();
      await sandbox.locator('.graphiql-execute-button').waitFor({ timeout: 30_000 });
      await sandbox.context().close();
    }, 60_000);

    it('is shown in nobody’s frame', async () => {
      const framing = await browser.newPage();
      await framing.goto('about:blank');
      await framing.setContent(`<iframe src="${platform.url}/"></iframe>`);
      // What a browser puts in the place of a page that refuses to be framed.
      await eventually(() => framing.frames()[1]?.url()).toContain('chrome-error');
      await framing.close();
    });
  },
);
