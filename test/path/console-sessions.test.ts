import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { ask, axeFindings, consolePage, eventually, lastAnswer } from '../support/console-page.ts';
import { append, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
const LONG_TITLE = `A title ${'that goes on and on '.repeat(9)}`.trim();

let platform: RunningPlatform;
let browser: Browser;
let page: Page;
let faults: readonly string[];
let sessionId: string;
const folder = mkdtempSync(join(tmpdir(), 'console-'));

beforeAll(async () => {
  if (browserPath === null) return;
  platform = await runningPlatform();
  await openSession(platform.url, 'Über the hills');
  sessionId = await openSession(platform.url, LONG_TITLE);
  await append(platform.url, { sessionId, idempotencyKey: 'a', items: [{ text: { text: 'The well is deep.' } }] });
  browser = await launchBrowser(browserPath);
  ({ page, faults } = await consolePage(browser));
  await page.goto(`${platform.url}/#/sessions/${sessionId}`);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const listed = (name: string) => page.getByRole('list', { name: 'All sessions' }).getByRole('link', { name });
const focusedText = () => page.evaluate(() => document.activeElement?.textContent);

/** Chooses something of the menu of the session. */
async function choose(item: string): Promise<void> {
  await page.getByRole('button', { name: 'More for this session' }).click();
  await page.getByRole('button', { name: item }).click();
}

describe.skipIf(noBrowser !== null)(
  `sessions in the console${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    it('have their titles in one line, however long', async () => {
      await page.getByRole('heading', { name: LONG_TITLE }).waitFor();
      await page.getByText('Nothing has been asked yet.').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      for (const box of [page.getByRole('heading', { name: LONG_TITLE }), listed(LONG_TITLE)])
        expect((await box.boundingBox())?.height).toBeLessThan(60);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
    });

    it('are renamed, and give the focus back', async () => {
      await choose('Rename…');
      const dialog = page.getByRole('dialog', { name: 'Rename the session' });
      expect(await axeFindings(page)).toEqual([]);
      // What is typed takes the place of the title: nothing has to be clicked first.
      await dialog.getByRole('textbox', { name: 'Title' }).waitFor();
      await page.keyboard.type('The well');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'The well' }).waitFor();
      await listed('The well').waitFor();
      expect(await focusedText()).toContain('More for this session');
    });

    it('without a title are called as their first question', async () => {
      await ask(page, 'How deep is the well?');
      await lastAnswer(page);
      await choose('Rename…');
      await page.getByRole('textbox', { name: 'Title', exact: true }).fill('');
      await page.getByRole('button', { name: 'Rename', exact: true }).click();
      await page.getByRole('heading', { name: 'How deep is the well?' }).waitFor();
    });

    it('are found by words of their titles, whatever their case and accents', async () => {
      const words = page.getByRole('searchbox', { name: 'Words of the title' });
      await words.fill('uber THE');
      await listed('Über the hills').waitFor();
      await eventually(() => listed('How deep').count()).toBe(0);
      await words.fill('nothing of the kind');
      await page.getByText('No sessions here.').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await words.fill('');
      await listed('How deep').waitFor();
    });

    it('are archived, and taken out again', async () => {
      await page.getByRole('button', { name: 'More for this session' }).click();
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await focusedText()).toContain('More for this session');
      const archived = page.getByRole('checkbox', { name: 'Archived' });
      await choose('Archive');
      await eventually(() => listed('How deep').count()).toBe(0);
      await archived.check();
      await listed('How deep').waitFor();
      await choose('Take out of the archive');
      await eventually(() => listed('How deep').count()).toBe(0);
      await archived.uncheck();
      await listed('How deep').waitFor();
    });

    it('take files, and say of each one that is left out why', async () => {
      writeFileSync(join(folder, 'roof.md'), 'The roof is of slate.');
      writeFileSync(join(folder, 'empty.txt'), '');
      writeFileSync(join(folder, 'picture.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]));
      const files = ['roof.md', 'empty.txt', 'picture.png'].map((name) => join(folder, name));
      await page.getByLabel('Files to add').setInputFiles(files);
      const report = page.getByRole('region', { name: 'Files being added' });
      await report.getByText(/Appended \d+ tokens, 3 of 3 files read/).waitFor();
      await report.getByText('2 left out').click();
      expect(await report.getByRole('listitem').allInnerTexts()).toEqual([
        expect.stringMatching(/^empty\.txt\s+it is empty$/),
        expect.stringMatching(/^picture\.png\s+it is no text$/),
      ]);
      expect(await axeFindings(page)).toEqual([]);
      await report.getByRole('button', { name: 'Dismiss' }).click();
      await eventually(() => report.count()).toBe(0);
      await ask(page, 'Of what is the roof?');
      expect(await lastAnswer(page)).toContain('slate');
    });

    it('are opened by files that are dropped where there is none, folders read to their ends', async () => {
      await page.goto(`${platform.url}/#/`);
      mkdirSync(join(folder, 'house/cellar'), { recursive: true });
      await dropFolder(page);
      await page
        .getByRole('region', { name: 'Files being added' })
        .getByText(/1 of 1 file read/)
        .waitFor();
      await page.getByText('1 left out').click();
      await page.getByText('every node_modules is').waitFor();
      await ask(page, 'What is in the cellar?');
      expect(await lastAnswer(page)).toContain('wine');
    });

    it('are deleted only when their reader says so, and then for good', async () => {
      await page.goto(`${platform.url}/#/sessions/${sessionId}`);
      await choose('Delete…');
      const dialog = page.getByRole('dialog', { name: 'Delete “How deep is the well?”?' });
      expect(await dialog.innerText()).toMatch(/\d+ fragments with \d+ tokens/);
      expect(await axeFindings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Keep it' }).click();
      await eventually(() => page.getByRole('dialog').count()).toBe(0);
      expect(await focusedText()).toContain('More for this session');
      await choose('Delete…');
      await page.getByRole('button', { name: 'Delete for good' }).click();
      await page.getByRole('heading', { name: 'Two million tokens behind one question' }).waitFor();
      await eventually(() => listed('How deep').count()).toBe(0);
      const asked = await post(platform.url, 'query ($id: ID!) { session(id: $id) { id } }', { id: sessionId });
      expect(asked.data).toEqual({ session: null });
      await page.goto(`${platform.url}/#/sessions/${sessionId}`);
      await page.getByRole('heading', { name: 'No such session' }).waitFor();
    });

    it('had no fault on the way', () => {
      expect(faults).toEqual([]);
    });
  },
);

/** Drops a folder with a text and a `node_modules` on the page: entries made by hand, since a browser makes none for a test. */
async function dropFolder(page: Page): Promise<void> {
  await page.evaluate(() => {
    const fileEntry = (fullPath: string, text: string) => ({
      name: fullPath.split('/').at(-1),
      fullPath,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void) => resolve(new File([text], 'file')),
    });
    const folderEntry = (fullPath: string, inside: readonly unknown[]) => ({
      name: fullPath.split('/').at(-1),
      fullPath,
      isFile: false,
      isDirectory: true,
      createReader: () => {
        const pages = [inside, []];
        return { readEntries: (resolve: (entries: readonly unknown[]) => void) => resolve(pages.shift() ?? []) };
      },
    });
    const cellar = folderEntry('/house/cellar', [fileEntry('/house/cellar/list.md', 'In the cellar is red wine.')]);
    const house = folderEntry('/house', [cellar, folderEntry('/house/node_modules', [])]);
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    const transfer = { types: ['Files'], items: [{ webkitGetAsEntry: () => house }], files: [] };
    Object.defineProperty(event, 'dataTransfer', { value: transfer });
    document.querySelector('.page')?.dispatchEvent(event);
  });
}
