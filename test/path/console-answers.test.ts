import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeEvents } from '../../codegen/client/fixtures/fake-answer.ts';
import type { FakeGraph } from '../../codegen/client/fixtures/fake-graph.ts';
import { browserPath, launchBrowser } from '../support/browser.ts';
import { ask, axeFindings, consolePage, eventually, lastAnswer } from '../support/console-page.ts';
import { fakeConsole } from '../support/fake-console.ts';
import { append, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const noBrowser = browserPath === null ? 'there is no chromium on this machine' : null;
const ANSWER = [
  'A cursor names the **last event** [1], and so does `events[1]`:\n\n',
  '| name | kind |\n|---|---|\n| cursor | `Cursor` |\n\n',
  '1. read it\n2. send it back [2]\n\n',
  '```js\nconst after = event.cursor;\n\nresume(after);\n```\n\n',
  'See [the docs](https://example.org/docs) and ![a picture](https://example.org/picture.png). <b onclick="x()">bold</b>\n\n',
  '[1]: https://example.org/not-this\n',
];
/** In words, as a model says it. */
const WORDS =
  ANSWER.join('')
    .match(/\S*\s*/g)
    ?.filter((word) => word !== '') ?? [];

/** Lets the model say the last of its words. */
let goOn: () => void;
/** What the model waits for, before it says them. */
let mayGoOn: Promise<void>;

function holdBack(): void {
  mayGoOn = new Promise((resolve) => {
    goOn = resolve;
  });
}

/** Says its words at the pace of a model, and holds the last ones back while it is told to. */
async function* speak({ input }: { input: { sessionId: string } }) {
  const events = fakeEvents(input.sessionId.replace('ses_', 'gen_'), WORDS);
  for (const [index, event] of events.entries()) {
    if (index === events.length - 4) await mayGoOn;
    await sleep(5);
    yield { generate: event };
  }
}

let browser: Browser;

beforeAll(async () => {
  if (browserPath !== null) browser = await launchBrowser(browserPath);
});
afterAll(async () => {
  await browser?.close();
});

describe.skipIf(noBrowser !== null)(
  `answers in the console${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    let graph: FakeGraph;
    let page: Page;
    let faults: readonly string[];
    const requests: string[] = [];

    beforeAll(async () => {
      graph = await fakeConsole({ root: { generate: speak } });
      const sessionId = await openSession(graph.url, 'Streams');
      ({ page, faults } = await consolePage(browser, { permissions: ['clipboard-read', 'clipboard-write'] }));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(`${graph.url}/#/sessions/${sessionId}`);
    });
    afterAll(() => graph.stop());

    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const turn = () => page.getByRole('log').locator('.turn').last();

    it('are Markdown while they stream, and take the focus from nobody', async () => {
      holdBack();
      await ask(page, 'What does a cursor name?');
      const question = page.getByRole('textbox', { name: 'Question' });
      await turn().getByRole('table').waitFor();
      await question.pressSequentially('And after that?');
      expect(await axeFindings(page)).toEqual([]);
      await turn().locator('pre').waitFor();
      expect(await turn().getAttribute('aria-busy')).toBe('true');
      goOn();
      await lastAnswer(page);
      await expect.poll(() => question.evaluate((field) => field === document.activeElement)).toBe(true);
      expect(await question.inputValue()).toBe('And after that?');
      expect(await turn().getByRole('cell').allInnerTexts()).toEqual(['cursor', 'Cursor']);
      expect(await turn().locator('.block ol > li').count()).toBe(2);
      expect(await turn().locator('strong').innerText()).toBe('last event');
      expect(await axeFindings(page)).toEqual([]);
    });

    it('have their citations as buttons, whatever a text defines them to be', async () => {
      const inText = turn()
        .locator('.answer-text')
        .getByRole('button', { name: /^Citation/ });
      expect(await inText.allInnerTexts()).toEqual(['1', '2', '1']);
      expect(await turn().locator('code').first().innerText()).toBe('events[1]');
      await inText.first().click();
      await page.getByRole('dialog', { name: 'docs/streams.md' }).locator('mark').waitFor();
      await page.keyboard.press('Escape');
    });

    it('load nothing from elsewhere, and show HTML as words', async () => {
      expect(requests.filter((url) => !url.startsWith(graph.url))).toEqual([]);
      expect(await turn().locator('img, b, script').count()).toBe(0);
      expect(await turn().innerText()).toContain('<b onclick="x()">bold</b>');
      const link = turn().getByRole('link', { name: 'the docs' });
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
      expect(await link.getAttribute('target')).toBe('_blank');
    });

    it('are copied as they were written, and their code by itself', async () => {
      await turn().getByRole('button', { name: 'Copy answer' }).click();
      await eventually(clipboard).toBe(ANSWER.join(''));
      await turn().getByRole('button', { name: 'Copied' }).waitFor();
      await turn().getByRole('button', { name: 'Copy code' }).click();
      await eventually(clipboard).toBe('const after = event.cursor;\n\nresume(after);');
    });

    it('let their question be asked anew, changed, and what was typed is not lost', async () => {
      const question = page.getByRole('textbox', { name: 'Question' });
      await turn().getByRole('button', { name: 'Edit' }).click();
      await eventually(() => question.inputValue()).toBe('What does a cursor name?');
      await expect.poll(() => question.evaluate((field) => field === document.activeElement)).toBe(true);
      await page.keyboard.press('Control+z');
      expect(await question.inputValue()).toBe('And after that?');
      await page.keyboard.press('Control+Shift+z');
      await page.keyboard.press('End');
      await page.keyboard.type(' Exactly?');
      await page.keyboard.press('Enter');
      await page.getByRole('article', { name: 'What does a cursor name? Exactly?' }).waitFor();
      await lastAnswer(page);
    });

    it('come from the model that is picked, until another one is', async () => {
      const asked = () => {
        type Input = { readonly prompt?: string; readonly model?: string | null } | undefined;
        const inputs = graph.received.map(({ payload }) => payload.variables?.input as Input);
        return inputs.findLast((input) => input?.prompt !== undefined)?.model;
      };
      const picker = page.getByRole('combobox', { name: 'Model' });
      expect(await picker.locator('option').allInnerTexts()).toEqual([
        'smollm2-135m-instruct',
        'ollama:large (does not answer)',
        'extractive',
      ]);
      expect(await picker.locator('option:disabled').allInnerTexts()).toEqual(['ollama:large (does not answer)']);
      expect(asked()).toBeNull();
      await picker.selectOption('extractive');
      await ask(page, 'And from whom?');
      await lastAnswer(page);
      expect(asked()).toBe('extractive');
      expect(await axeFindings(page)).toEqual([]);
      await picker.selectOption('');
      await ask(page, 'And from whom by default?');
      await lastAnswer(page);
      expect(asked()).toBeNull();
    });

    it('can be stopped, and leave the focus to the next question', async () => {
      holdBack();
      await ask(page, 'Once more?');
      await turn().getByRole('button', { name: 'Stop' }).click();
      const question = page.getByRole('textbox', { name: 'Question' });
      await expect.poll(() => question.evaluate((field) => field === document.activeElement)).toBe(true);
      goOn();
      await lastAnswer(page);
    });

    it('had no fault on the way', () => {
      expect(faults).toEqual([]);
    });
  },
);

describe.skipIf(noBrowser !== null)('a hostile document', () => {
  const HOSTILE = [
    'The password of the well is <img src="https://example.org/steal.png" onerror="document.title=\'stolen\'">.',
    'The name of the well is ![x](https://example.org/steal.png) and [here](javascript:document.title=`stolen`).',
    'The depth of the well is <script>document.title="stolen"</script> and <iframe src="https://example.org"></iframe>.',
  ];
  let platform: RunningPlatform;

  beforeAll(async () => {
    platform = await runningPlatform();
  }, 60_000);
  afterAll(() => platform.stop());

  it('does nothing in the page, where it is quoted and where it is opened', async () => {
    const sessionId = await openSession(platform.url, '<img src=x onerror=document.title="stolen">');
    const items = HOSTILE.map((text, index) => ({ file: { path: `<b>${index}</b>.md`, text } }));
    await append(platform.url, { sessionId, idempotencyKey: 'hostile', items });
    const { page, faults } = await consolePage(browser);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => requests.push('a dialog')));
    await page.goto(`${platform.url}/#/sessions/${sessionId}`);
    for (const what of ['password', 'name', 'depth']) {
      await ask(page, `What is the ${what} of the well?`);
      expect(await lastAnswer(page)).toContain('of the well is');
      await page.getByRole('log').locator('.turn').last().locator('.citations button').first().click();
      await page.getByRole('dialog').locator('.verbatim').first().waitFor();
      await page.keyboard.press('Escape');
    }
    expect(await page.title()).toBe('<img src=x onerror=document.title="stolen"> · Supercontext');
    expect(await page.locator('.answer-text :is(img, script, iframe, a[href^="javascript"])').count()).toBe(0);
    expect(requests.filter((url) => !url.startsWith(platform.url))).toEqual([]);
    expect(faults).toEqual([]);
  }, 60_000);
});
