import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { ask, axeFindings, consolePage, eventually, lastAnswer } from '../support/console-page.ts';
import { append, askAndAwait, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
const SIZES = [
  [390, 844],
  [768, 1_024],
  [1_280, 800],
  [1_920, 1_080],
] as const;

let platform: RunningPlatform;
let browser: Browser;
let sessionId: string;

beforeAll(async () => {
  if (browserPath === null) return;
  platform = await runningPlatform();
  sessionId = await openSession(
    platform.url,
    'The accounts of the northern orchard, and everything else there is of it',
  );
  await append(platform.url, {
    sessionId,
    idempotencyKey: 'a',
    items: [
      { file: { path: `docs/${'deep/'.repeat(20)}gate.md`, text: 'The gate is green. Its key is on the third nail.' } },
    ],
  });
  for (let times = 0; times < 8; times++) await askAndAwait(platform.url, sessionId, 'Which colour has the gate?');
  browser = await launchBrowser(browserPath);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

const widthNeeded = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

/** Whether all of what is found is within the window. */
async function isWithin(page: Page, name: string): Promise<boolean> {
  const box = await page.getByRole('textbox', { name }).boundingBox();
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
}

describe.skipIf(noBrowser !== null).each(['light', 'dark'] as const)(
  `the console in %s${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  (colorScheme) => {
    it.each(SIZES)(
      'fits a window of %i × %i pixels, the composer in reach, and axe finds nothing',
      async (width, height) => {
        const { page, faults } = await consolePage(browser, { viewport: { width, height }, colorScheme });
        for (const place of ['/', '/nowhere', `/sessions/${sessionId}`, `/sessions/${sessionId}/turns/0/citations/1`]) {
          await page.goto('about:blank');
          await page.goto(`${platform.url}/#${place}`);
          if (place.includes('citations')) await page.getByRole('dialog').locator('mark').waitFor();
          else await page.waitForLoadState('networkidle');
          expect(await widthNeeded(page)).toBe(width);
          expect(await axeFindings(page)).toEqual([]);
          if (place === `/sessions/${sessionId}`) await eventually(() => isWithin(page, 'Question')).toBe(true);
        }
        expect(faults).toEqual([]);
        await page.context().close();
      },
    );
  },
);

describe.skipIf(noBrowser !== null)('the console on a telephone', () => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await consolePage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }));
    await page.goto(`${platform.url}/#/`);
  });

  it('begins with the sessions, and has them a tap away from each', async () => {
    await page.getByRole('link', { name: /northern orchard/ }).tap();
    await page.getByRole('textbox', { name: 'Question' }).waitFor();
    await page.getByRole('button', { name: 'Sessions' }).tap();
    const dialog = page.getByRole('dialog', { name: 'Sessions' });
    await dialog.getByRole('link', { name: /northern orchard/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('link', { name: /northern orchard/ }).tap();
    await eventually(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('asks, and shows what the answer rests on, hops and all, in a dialog of its own', async () => {
    await ask(page, 'On which nail is the key?');
    expect(await lastAnswer(page)).toContain('third nail');
    const opener = page.getByRole('button', { name: 'Context', exact: true });
    await opener.tap();
    const dialog = page.getByRole('dialog', { name: 'What the answer rests on' });
    await dialog.getByRole('region', { name: 'Context map' }).waitFor();
    await dialog.getByRole('region', { name: 'Hops' }).locator('summary').tap();
    await dialog.getByText('begin-turn').first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});
