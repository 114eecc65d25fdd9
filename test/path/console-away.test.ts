import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { ask, axeFindings, consolePage, lastAnswer } from '../support/console-page.ts';
import { append, askAndAwait, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;

let platform: RunningPlatform;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (browserPath === null) return;
  platform = await runningPlatform();
  const sessionId = await openSession(platform.url, 'The gate');
  await append(platform.url, {
    sessionId,
    idempotencyKey: 'a',
    items: [{ file: { path: 'gate.md', text: 'The gate is green.' } }],
  });
  await askAndAwait(platform.url, sessionId, 'Which colour has the gate?');
  browser = await launchBrowser(browserPath);
  ({ page } = await consolePage(browser));
  await page.goto(`${platform.url}/#/sessions/${sessionId}`);
  await lastAnswer(page);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

const away = (stage: string) => page.getByText(new RegExp(`^${stage} is away`));

/** Keeps a stage from coming up, while something is done. */
async function without(stage: 'context' | 'reasoning' | 'compression', work: () => Promise<void>): Promise<void> {
  const killing = setInterval(() => {
    const pid = platform.pid(stage);
    if (pid !== null) process.kill(pid, 'SIGKILL');
  }, 20);
  try {
    await away(stage).waitFor({ timeout: 30_000 });
    await work();
  } finally {
    clearInterval(killing);
  }
  // The launcher waits longer after each death before it starts a stage again.
  await away(stage).waitFor({ state: 'detached', timeout: 90_000 });
}

describe.skipIf(noBrowser !== null)(
  `the console while a stage is away${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    it('says so, shows the questions, and the answers when it is back', async () => {
      await without('reasoning', async () => {
        await page.reload();
        await page.getByRole('article', { name: 'Which colour has the gate?' }).waitFor({ timeout: 60_000 });
        await page.getByText('What was answered cannot be read just now.').waitFor();
        await page.getByRole('link', { name: 'The gate' }).waitFor();
        expect(await axeFindings(page)).toEqual([]);
      });
      await expect.poll(() => lastAnswer(page), { timeout: 30_000 }).toContain('The gate is green.');
    }, 240_000);

    it('keeps what its reader has before him, and what he asks meanwhile with the reason why it has no answer', async () => {
      await without('context', async () => {
        await ask(page, 'Is anybody there?');
        const turn = page.getByRole('article', { name: 'Is anybody there?' });
        await turn.getByRole('alert').waitFor({ timeout: 90_000 });
        expect(await axeFindings(page)).toEqual([]);
        await page.getByRole('article', { name: 'Which colour has the gate?' }).waitFor();
      });
      await page.getByRole('article', { name: 'Is anybody there?' }).getByRole('button', { name: 'Edit' }).click();
      await page.keyboard.press('Enter');
      await lastAnswer(page);
    }, 240_000);

    it('goes on with the rest: sessions are opened and questions answered without compression', async () => {
      await without('compression', async () => {
        await ask(page, 'What is green?');
        expect(await lastAnswer(page)).toContain('The gate is green.');
        await page.getByPlaceholder('Title, if you like').fill('Opened meanwhile');
        await page.getByRole('button', { name: 'New session' }).click();
        await page.getByRole('heading', { name: 'Opened meanwhile' }).waitFor();
      });
    }, 240_000);
  },
);
