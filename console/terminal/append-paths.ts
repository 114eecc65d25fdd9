import { createHash } from 'node:crypto';
import { AppendContextDocument, accepted, documentHash, type GraphClient, repeat } from '@supercontext/client';
import { formatBytes, formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';
import { checkPaths, readPaths, STANDARD_INPUT, type TextFile } from './read-paths.ts';
import { count, type DocumentFile, type Sending, sendDocuments } from './send-documents.ts';
import { documentsOf } from './session-documents.ts';
import { Telling } from './telling.ts';
import { UsageFault } from './usage-fault.ts';

export interface AppendOptions {
  readonly sessionId: string;
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * Appends files and folders to a session: what it has already, as it is, is not added again, and what has changed takes the place of
 * what was there. So a command that was interrupted is run again.
 * @returns the status: 1 when something could not be read or was refused
 * @throws GraphRequestError; UsageFault for a path that is not there, before anything is sent, and when there is no text in the paths;
 *   the signal's reason
 */
export async function appendPaths(client: GraphClient, output: Output, options: AppendOptions): Promise<number> {
  const { sessionId, paths, signal, json } = options;
  const startMs = performance.now();
  const telling = new Telling(output);
  const counts = { fragments: 0, tokens: 0, sizeBytes: 0 };
  let [files, known] = [0, 0];
  const sent = () => {
    files += 1;
    telling.progress(counts.tokens, files);
  };
  const sending: Sending = { client, sessionId, signal, counts, onSent: sent, onLeftOut: telling.leftOut };
  await checkPaths(paths);
  const isText = paths.every((path) => path === STANDARD_INPUT);
  const documents = isText ? new Map<string, string>() : await documentsOf(client, sessionId, signal);
  async function* changed(): AsyncGenerator<DocumentFile, void, undefined> {
    for await (const file of readPaths(paths, telling.leftOut, signal)) {
      telling.warnOfSecrets(file);
      if (file.isTyped) {
        await appendText(file, sending);
        sent();
        continue;
      }
      const document = { ...file, hash: await documentHash(file.parts) };
      if (documents.get(file.path) === document.hash) known += 1;
      else yield document;
    }
  }
  await sendDocuments(changed(), sending);
  telling.end();
  if (files + known === 0) throw new UsageFault(`there is no text in ${paths.join(', ')}`);
  const { leftOuts: leftOut, faults } = telling;
  const total = { files, known, ...counts, leftOut, faults };
  if (json) output.line(JSON.stringify({ sessionId, ...total }));
  else output.line(summaryOf(total, (performance.now() - startMs) / 1_000, output));
  return faults > 0 ? 1 : 0;
}

/** What comes by the standard input is no document, since it has no path: the same text twice is added once. */
async function appendText({ parts }: TextFile, { client, sessionId, signal, counts }: Sending): Promise<void> {
  for (const [part, text] of parts.entries()) {
    const hash = createHash('sha256').update(`${part}\0`).update(text).digest('hex');
    const items = [{ text: { title: 'standard input', text } }];
    const input = { sessionId, idempotencyKey: `text-${hash.slice(0, 48)}`, items };
    const { receipt } = await repeat(
      async () => accepted((await client.mutate(AppendContextDocument, { input }, { signal })).appendContext),
      signal,
    );
    if (receipt !== null && !receipt.replayed) count(receipt, counts);
  }
}

interface Appended {
  readonly files: number;
  /** Files that the session had already, as they are. */
  readonly known: number;
  readonly fragments: number;
  readonly tokens: number;
  readonly sizeBytes: number;
}

function summaryOf({ files, known, fragments, tokens, sizeBytes }: Appended, seconds: number, output: Output): string {
  const appended =
    `${output.paint('green', 'appended')} ${formatCount(tokens)} tokens of ${formatCount(files)} files ` +
    `(${formatBytes(sizeBytes)}, ${formatCount(fragments)} fragments) in ${seconds.toFixed(1)} s, ` +
    `${formatCount(Math.round(tokens / seconds))} tokens/s`;
  return known === 0 ? appended : `${appended}; ${formatCount(known)} more were there already`;
}
