import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { axeFindings, consolePage, eventually } from '../support/console-page.ts';
import { append, askAndAwait, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
const FACT = 'The key of the gate hangs in the shed, on the third nail.';
/** More than the page reads at once. */
const TURNS = 60;

let platform: RunningPlatform;
let browser: Browser;
let page: Page;
let faults: readonly string[];
let sessionId: string;
let otherId: string;

beforeAll(async () => {
  if (browserPath === null) return;
  platform = await runningPlatform();
  otherId = await openSession(platform.url, 'Another one');
  sessionId = await openSession(platform.url, 'The orchard');
  await append(platform.url, {
    sessionId,
    idempotencyKey: 'orchard',
    items: [
      { file: { path: 'before.md', text: 'The orchard lies on the north slope.' } },
      { file: { path: 'gate.md', text: `The gate is green. ${FACT} It is made of iron.` } },
      { file: { path: 'after.md', text: 'Apples are picked in October.' } },
    ],
  });
  for (let turn = 0; turn < TURNS; turn++) {
    const question = turn === 0 ? 'On which nail hangs the key of the gate?' : `What is question ${turn} of the key?`;
    await askAndAwait(platform.url, sessionId, question);
  }
  browser = await launchBrowser(browserPath);
  ({ page, faults } = await consolePage(browser));
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

const address = (place: string) => `${platform.url}/#${place}`;
const hash = () => new URL(page.url()).hash.slice(1);
const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName);

/** Opens an address as from a bookmark. */
async function openAt(place: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(address(place));
}

/** Whether the middle of what is found is within what is seen. */
async function isInSight(selector: string): Promise<boolean> {
  return page.evaluate((sought) => {
    const found = document.querySelector(sought);
    if (found === null) return false;
    const { left, top, width, height } = found.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return seen !== null && (found.contains(seen) || seen.contains(found));
  }, selector);
}

describe.skipIf(noBrowser !== null)(
  `addresses of the console${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    it('change with the session, and lead back and forward', async () => {
      await openAt('/');
      await page.getByRole('link', { name: 'The orchard' }).click();
      await eventually(hash).toBe(`/sessions/${sessionId}`);
      await eventually(() => page.title()).toBe('The orchard · Supercontext');
      await page.getByRole('link', { name: 'Another one' }).click();
      await eventually(() => page.title()).toBe('Another one · Supercontext');
      await page.goBack();
      await eventually(() => page.title()).toBe('The orchard · Supercontext');
      await page.goBack();
      await page.getByRole('heading', { name: 'Two million tokens behind one question' }).waitFor();
      await page.goForward();
      await eventually(() => page.title()).toBe('The orchard · Supercontext');
      await page.reload();
      await eventually(() => page.title()).toBe('The orchard · Supercontext');
    });

    it('open a session at its latest turn', async () => {
      await openAt(`/sessions/${sessionId}`);
      await page.getByRole('article', { name: `What is question ${TURNS - 1} of the key?` }).waitFor();
      await eventually(() => isInSight('.row:last-of-type .turn-buttons')).toBe(true);
      expect(await page.getByRole('article').count()).toBeLessThan(20);
    });

    it('change with the turn whose context is shown, which takes the focus from the button that goes', async () => {
      const turn = page.getByRole('article', { name: `What is question ${TURNS - 2} of the key?` });
      await turn.getByRole('button', { name: 'Show its context' }).click();
      await eventually(hash).toBe(`/sessions/${sessionId}/turns/${TURNS - 2}`);
      await page.locator('.turn-selected').and(turn).waitFor();
      expect(await focused()).toBe(`What is question ${TURNS - 2} of the key?`);
      await page.goBack();
      await eventually(hash).toBe(`/sessions/${sessionId}`);
    });

    it('lead to a turn that the page has yet to read', async () => {
      await openAt(`/sessions/${sessionId}/turns/2`);
      await page.getByRole('article', { name: 'What is question 2 of the key?' }).waitFor();
      await eventually(() => isInSight('.turn-selected')).toBe(true);
      expect(await page.locator('.turn-selected').getAttribute('aria-label')).toBe('What is question 2 of the key?');
    });

    it('lead to the sentence that is cited, highlighted, between its neighbours', async () => {
      await openAt(`/sessions/${sessionId}/turns/0/citations/1`);
      const dialog = page.getByRole('dialog', { name: 'gate.md' });
      await eventually(() => dialog.locator('mark').innerText()).toBe(FACT);
      await eventually(() => isInSight('dialog mark')).toBe(true);
      const before = dialog.getByRole('region', { name: 'The fragment before it' });
      await eventually(() => before.innerText()).toContain('The orchard lies on the north slope.');
      expect(await dialog.getByRole('region', { name: 'The fragment after it' }).innerText()).toContain('Apples');
      expect(await axeFindings(page)).toEqual([]);
    });

    it('lead from a citation to its turn when its dialog closes', async () => {
      await page.keyboard.press('Escape');
      await eventually(() => page.getByRole('dialog').count()).toBe(0);
      await eventually(hash).toBe(`/sessions/${sessionId}/turns/0`);
    });

    it('give the focus back to the citation that was opened, by Escape and by going back', async () => {
      const citation = page.locator('.turn-selected').getByRole('button', { name: 'Citation 1' });
      for (const leave of [() => page.keyboard.press('Escape'), () => page.goBack()]) {
        await citation.click();
        await page.getByRole('dialog').locator('mark').waitFor();
        expect(hash()).toBe(`/sessions/${sessionId}/turns/0/citations/1`);
        await leave();
        await eventually(() => page.getByRole('dialog').count()).toBe(0);
        await eventually(focused).toBe('Citation 1');
      }
    });

    it('know the ones of before', async () => {
      await openAt(otherId);
      await eventually(() => page.title()).toBe('Another one · Supercontext');
    });

    it.each([
      ['page', '/nowhere', 'No such page'],
      ['session', `/sessions/ses_${'0'.repeat(24)}`, 'No such session'],
    ])('say so where there is no such %s', async (_what, place, says) => {
      await openAt(place);
      await page.getByRole('heading', { name: says }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('link', { name: 'To the beginning' }).click();
      await eventually(hash).toBe('/');
    });

    it('say so where there is no such turn or citation', async () => {
      await openAt(`/sessions/${sessionId}/turns/${TURNS}`);
      await page.getByText(`There is no turn ${TURNS} in this session.`).waitFor();
      await openAt(`/sessions/${sessionId}/turns/0/citations/99`);
      await page.getByRole('dialog', { name: 'No such citation' }).waitFor();
    });

    it('had no fault on the way', () => {
      expect(faults).toEqual([]);
    });
  },
);
