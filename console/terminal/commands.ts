import { createClient, type GraphClient } from '@supercontext/client';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { appendPaths } from './append-paths.ts';
import { askQuestion, type Question, watchGeneration } from './ask-question.ts';
import { listSessions, openSession } from './list-sessions.ts';
import type { Output } from './output.ts';
import { UsageFault } from './usage-fault.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

const url = { type: 'string', description: 'Where the platform is', default: DEFAULT_URL, valueHint: 'URL' } as const;
const session = {
  type: 'positional',
  description: 'Its id, as `supercontext sessions` lists it',
  required: true,
} as const;

/** Runs one command line. @throws GraphRequestError, UsageFault, citty's own error for arguments; the signal's reason. */
export async function runSupercontext(rawArgs: readonly string[], output: Output, signal: AbortSignal): Promise<void> {
  const root = rootCommand(output, signal);
  const [name] = rawArgs.filter((argument) => !argument.startsWith('-'));
  const subCommands = root.subCommands as Readonly<Record<string, CommandDef>>;
  if (name === undefined || rawArgs.includes('--help')) {
    const command = name === undefined ? undefined : subCommands[name];
    output.line(await (command === undefined ? renderUsage(root) : renderUsage(command, root)));
    return;
  }
  await runCommand(root, { rawArgs: [...rawArgs] });
}

function rootCommand(output: Output, signal: AbortSignal): CommandDef {
  async function connected(address: string, work: (client: GraphClient) => Promise<void>): Promise<void> {
    const client = createClient({ url: address });
    try {
      await work(client);
    } finally {
      await client.close();
    }
  }

  return defineCommand({
    meta: { name: 'supercontext', description: 'Sessions of any length, from the terminal' },
    subCommands: {
      sessions: defineCommand({
        meta: { name: 'sessions', description: 'List all sessions, newest first' },
        args: { url },
        run: ({ args }) => connected(args.url, (client) => listSessions(client, output)),
      }),
      open: defineCommand({
        meta: { name: 'open', description: 'Open a session and print its id' },
        args: { title: { type: 'positional', description: 'A name for people', required: false }, url },
        run: ({ args }) => connected(args.url, (client) => openSession(client, output, args.title)),
      }),
      append: defineCommand({
        meta: { name: 'append', description: 'Append files and folders to a session' },
        args: { session, path: { type: 'positional', description: 'Files or folders', required: true }, url },
        run: ({ args }) => {
          const [sessionId = '', ...paths] = args._;
          return connected(args.url, (client) => appendPaths(client, output, { sessionId, paths, signal }));
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
          return connected(args.url, (client) => askQuestion(client, output, question, signal));
        },
      }),
      watch: defineCommand({
        meta: { name: 'watch', description: 'Read an answer from its first word, running or ended' },
        args: { generation: { type: 'positional', description: 'Its id', required: true }, url },
        run: ({ args }) => connected(args.url, (client) => watchGeneration(client, output, args.generation, signal)),
      }),
    },
  });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageFault(`${option} takes a whole number, not ${text}`);
  return Number(text);
}
