import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A page on a machine that does other things, too, comes to it in the end. */
const PATIENCE_MS = 15_000;

export interface ConsolePage {
  readonly page: Page;
  /** What the browser found wrong so far: errors, what the page's policy forbids, requests that failed. */
  readonly faults: readonly string[];
}

/** A page of a browser window of its own. */
export async function consolePage(browser: Browser, options: BrowserContextOptions = {}): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfailed', (request) => {
    // A page that is left gives up what it was asking for.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`${request.url()} failed`);
  });
  return { page, faults };
}

/** What is read becomes what is expected of it, in as long as the page is waited for. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: PATIENCE_MS });
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds in the page as it is, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: within } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    const { violations } = await within.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

/** Asks in the page, as its reader would. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(question);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
}

/** Waits until the last answer in the page is whole, and gives the text of its turn. */
export async function lastAnswer(page: Page): Promise<string> {
  const turn = page.getByRole('log').locator('.turn').last();
  await turn.and(page.locator('[aria-busy="false"]')).waitFor({ timeout: 90_000 });
  return turn.innerText();
}
