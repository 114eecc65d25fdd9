import { stripVTControlCharacters } from 'node:util';
import { createClient, type GraphClient, GraphRequestError } from '@supercontext/client';
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { appendPaths } from './append-paths.ts';
import { askQuestion, type Question, watchGeneration } from './ask-question.ts';
import { DEFAULT_URL, platformUrl } from './config.ts';
import { listSessions, openSession } from './list-sessions.ts';
import type { Output } from './output.ts';
import { UsageFault } from './usage-fault.ts';

const url = {
  type: 'string',
  description: `Where the platform is; SUPERCONTEXT_URL or ${DEFAULT_URL} when left out`,
  valueHint: 'URL',
} as const;
const session = {
  type: 'positional',
  description: 'Its id, as `supercontext sessions` lists it',
  required: true,
} as const;

/**
 * Runs one command line. `--url` may stand before the command or after it, all other options after it.
 * @throws GraphRequestError, UsageFault, citty's own error for arguments; the signal's reason.
 */
export async function runSupercontext(rawArgs: readonly string[], output: Output, signal: AbortSignal): Promise<void> {
  const root = rootCommand(output, signal);
  const subCommands = root.subCommands as Readonly<Record<string, CommandDef>>;
  const name = rawArgs.find((argument) => Object.hasOwn(subCommands, argument));
  const command = name === undefined ? undefined : subCommands[name];
  if (rawArgs.includes('--help') || rawArgs.every((argument) => argument.startsWith('-'))) {
    const usage = await (command === undefined ? renderUsage(root) : renderUsage(command, root));
    output.line(stripVTControlCharacters(usage));
    return;
  }
  refuseStrayOptions(rawArgs, name, Object.keys(command?.args ?? {}));
  await runCommand(root, { rawArgs: [...rawArgs] });
}

/** citty takes what it does not know for a flag, and the value behind it for the command. @throws UsageFault */
function refuseStrayOptions(rawArgs: readonly string[], command: string | undefined, known: readonly string[]): void {
  const at = command === undefined ? rawArgs.length : rawArgs.indexOf(command);
  for (const [place, argument] of rawArgs.entries()) {
    if (argument === '--') return;
    const option = /^--[^=]+/.exec(argument)?.[0];
    if (option === undefined || option === '--url') continue;
    if (place < at) throw new UsageFault(`before the command only --url may stand, not ${option}`);
    if (!known.includes(option.slice(2))) throw new UsageFault(`${command} has no ${option}; --help lists what it has`);
  }
}

function rootCommand(output: Output, signal: AbortSignal): CommandDef {
  let address = DEFAULT_URL;

  async function connected(work: (client: GraphClient) => Promise<void>): Promise<void> {
    const client = createClient({ url: address });
    try {
      await work(client);
    } catch (error) {
      throw isUnanswered(error) ? withWayOut(error) : error;
    } finally {
      await client.close();
    }
  }

  return defineCommand({
    meta: { name: 'supercontext', description: 'Sessions of any length, from the terminal' },
    args: { url } as ArgsDef,
    // This sees the whole line, so `--url` counts wherever it stands.
    setup({ args }) {
      address = platformUrl(typeof args.url === 'string' ? args.url : undefined);
    },
    subCommands: {
      sessions: defineCommand({
        meta: { name: 'sessions', description: 'List all sessions, newest first' },
        args: { url },
        run: () => connected((client) => listSessions(client, output)),
      }),
      open: defineCommand({
        meta: { name: 'open', description: 'Open a session and print its id' },
        args: { title: { type: 'positional', description: 'A name for people', required: false }, url },
        run: ({ args }) => connected((client) => openSession(client, output, args.title)),
      }),
      append: defineCommand({
        meta: { name: 'append', description: 'Append files and folders to a session' },
        args: { session, path: { type: 'positional', description: 'Files or folders', required: true }, url },
        run: ({ args }) => {
          const [sessionId = '', ...paths] = args._;
          return connected((client) => appendPaths(client, output, { sessionId, paths, signal }));
        },
      }),
      ask: defineCommand({
        meta: { name: 'ask', description: 'Ask a session and stream the answer' },
        args: {
          session,
          question: { type: 'positional', description: 'In quotes', required: true },
          budget: { type: 'string', description: 'Tokens of the session the model may see', valueHint: 'TOKENS' },
          'max-tokens': { type: 'string', description: 'Tokens the answer may have', valueHint: 'TOKENS' },
          model: { type: 'string', description: 'A model by its id', valueHint: 'ID' },
          url,
        },
        run: ({ args }) => {
          const question: Question = {
            sessionId: args.session,
            prompt: args.question,
            ...(args.budget === undefined ? {} : { budgetTokens: wholeNumber('--budget', args.budget) }),
            ...(args['max-tokens'] === undefined ? {} : { maxTokens: wholeNumber('--max-tokens', args['max-tokens']) }),
            ...(args.model === undefined ? {} : { model: args.model }),
          };
          return connected((client) => askQuestion(client, output, question, signal));
        },
      }),
      watch: defineCommand({
        meta: { name: 'watch', description: 'Read an answer from its first word, running or ended' },
        args: { generation: { type: 'positional', description: 'Its id', required: true }, url },
        run: ({ args }) => connected((client) => watchGeneration(client, output, args.generation, signal)),
      }),
    },
  });
}

/** Errors of an answer come with it; one without any is the client's own: nobody answered. */
function isUnanswered(error: unknown): error is GraphRequestError {
  return error instanceof GraphRequestError && error.code === 'SUBGRAPH_UNAVAILABLE' && error.errors.length === 0;
}

function withWayOut({ code, message, retryable, retryAfterMs, cause }: GraphRequestError): GraphRequestError {
  const remedy = 'start the platform, or name the one that runs with --url or SUPERCONTEXT_URL';
  return new GraphRequestError(code, message, { retryable, retryAfterMs, remedy, cause });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageFault(`${option} takes a whole number, not ${text}`);
  return Number(text);
}
