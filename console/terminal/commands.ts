import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { createClient, type GraphClient, GraphRequestError } from '@supercontext/client';
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { appendPaths } from './append-paths.ts';
import { askQuestion, type Question, watchGeneration } from './ask-question.ts';
import { completionScript } from './completion-script.ts';
import { choicesPath, DEFAULT_URL, platformUrl } from './config.ts';
import { findModel, listModels, needOf } from './list-models.ts';
import { listSessions, openSession } from './list-sessions.ts';
import type { Output } from './output.ts';
import { readStandardInput, STANDARD_INPUT } from './read-paths.ts';
import { rememberedModel, rememberModel } from './remembered-model.ts';
import { syncFolders } from './sync-folders.ts';
import { UsageFault } from './usage-fault.ts';

const url = {
  type: 'string',
  description: `Where the platform is; SUPERCONTEXT_URL or ${DEFAULT_URL} when left out`,
  valueHint: 'URL',
} as const;
const json = { type: 'boolean', description: 'The result as JSON, for programs' } as const;
/** Instead of an id. */
const PLATFORMS_OWN = 'default';
const session = {
  type: 'positional',
  description: 'Its id, as `supercontext sessions` lists it',
  required: true,
} as const;

/**
 * Runs one command line. `--url` may stand before the command or after it, all other options after it.
 * @returns the status to end with
 * @throws GraphRequestError, UsageFault, citty's own error for arguments; the signal's reason.
 */
export async function runSupercontext(
  rawArgs: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const ran = { status: 0 };
  const root = rootCommand(output, signal, ran);
  const subCommands = root.subCommands as Readonly<Record<string, CommandDef>>;
  const name = rawArgs.find((argument) => Object.hasOwn(subCommands, argument));
  const command = name === undefined ? undefined : subCommands[name];
  const options = rawArgs.slice(0, rawArgs.includes('--') ? rawArgs.indexOf('--') : rawArgs.length);
  if (options.includes('--version') || options.includes('-V')) {
    output.line(version());
  } else if (options.includes('--help') || options.includes('-h') || options.every((one) => one.startsWith('-'))) {
    const usage = await (command === undefined ? renderUsage(root) : renderUsage(command, root));
    output.line(stripVTControlCharacters(usage));
  } else {
    refuseStrayOptions(options, name, Object.keys(command?.args ?? {}));
    await runCommand(root, { rawArgs: [...rawArgs] });
  }
  return ran.status;
}

function version(): string {
  const manifest = readFileSync(new URL('./package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** citty takes what it does not know for a flag, and the value behind it for the command. @throws UsageFault */
function refuseStrayOptions(options: readonly string[], command: string | undefined, known: readonly string[]): void {
  const at = command === undefined ? options.length : options.indexOf(command);
  for (const [place, argument] of options.entries()) {
    const option = /^-[^=]+/.exec(argument)?.[0];
    if (option === undefined || option === '--url') continue;
    if (place < at) throw new UsageFault(`before the command only --url may stand, not ${option}`);
    if (!option.startsWith('--') || !known.includes(option.slice(2)))
      throw new UsageFault(`${command} has no ${option}; --help lists what it has, and -- ends the options`);
  }
}

/** Words as they were typed, without quotes around them or with; those of the standard input for a lone dash. */
async function joined(words: readonly string[], signal: AbortSignal): Promise<string> {
  const isRead = words.length === 1 && words[0] === STANDARD_INPUT;
  return isRead ? String(await readStandardInput(signal)).trimEnd() : words.join(' ');
}

/** citty passes over words that no argument takes. @throws UsageFault */
function refuseMore(words: readonly string[], most: number): void {
  const stray = words.slice(most);
  if (stray.length > 0) throw new UsageFault(`there is nothing to be done with ${JSON.stringify(stray.join(' '))}`);
}

/** What the commands share. */
interface Running {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** The status to end with. */
  readonly ran: { status: number };
  /** Of the platform; known when the command runs. */
  address(): string;
  /** Runs work on the platform that the command line names. */
  connected(work: (client: GraphClient) => Promise<void>): Promise<void>;
}

function rootCommand(output: Output, signal: AbortSignal, ran: { status: number }): CommandDef {
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
  const running = { output, signal, ran, connected, address: () => address };
  const commands = { ...sessionCommands(running), ...answerCommands(running), models: modelsCommand(running) };
  const completion = defineCommand({
    meta: { name: 'completion', description: 'Print what makes a shell complete this command' },
    args: { shell: { type: 'positional', description: 'bash or zsh', required: true } },
    run: ({ args }) => output.line(completionScript(args.shell, commands)),
  });
  return defineCommand({
    meta: { name: 'supercontext', description: 'Sessions of any length, from the terminal' },
    args: { url } as ArgsDef,
    // This sees the whole line, so `--url` counts wherever it stands.
    setup({ args }) {
      address = platformUrl(typeof args.url === 'string' ? args.url : undefined);
    },
    subCommands: { ...commands, completion },
  });
}

function sessionCommands({ output, signal, ran, connected }: Running) {
  return {
    sessions: defineCommand({
      meta: { name: 'sessions', description: 'List sessions, the one used last first' },
      args: { archived: { type: 'boolean', description: 'Those put aside, instead of the others' }, json, url },
      run: ({ args }) => {
        refuseMore(args._, 0);
        const options = { json: args.json === true, archived: args.archived === true };
        return connected((client) => listSessions(client, output, options));
      },
    }),
    open: defineCommand({
      meta: { name: 'open', description: 'Open a session and print its id' },
      args: { title: { type: 'positional', description: 'A name for people', required: false }, json, url },
      run: async ({ args }) => {
        const title = args._.length === 0 ? undefined : await joined(args._, signal);
        await connected((client) => openSession(client, output, title, args.json === true));
      },
    }),
    sync: defineCommand({
      meta: { name: 'sync', description: 'Make the documents of a session what some folders hold' },
      args: {
        session,
        folder: { type: 'positional', description: 'Folders, read to their ends', required: true },
        keep: { type: 'boolean', description: 'Documents that are in none of the folders stay' },
        'dry-run': { type: 'boolean', description: 'Say what would be done, and do nothing' },
        json,
        url,
      },
      run: ({ args }) => {
        const [sessionId = '', ...folders] = args._;
        const [keep, dryRun, isJson] = [args.keep === true, args['dry-run'] === true, args.json === true];
        const options = { sessionId, folders, keep, dryRun, json: isJson, signal };
        return connected(async (client) => {
          ran.status = await syncFolders(client, output, options);
        });
      },
    }),
    append: defineCommand({
      meta: { name: 'append', description: 'Append files and folders to a session, what it has already not again' },
      args: {
        session,
        path: { type: 'positional', description: 'Files or folders; - for the standard input', required: true },
        json,
        url,
      },
      run: ({ args }) => {
        const [sessionId = '', ...paths] = args._;
        const options = { sessionId, paths, json: args.json === true, signal };
        return connected(async (client) => {
          ran.status = await appendPaths(client, output, options);
        });
      },
    }),
  };
}

function answerCommands({ output, signal, connected, address }: Running) {
  return {
    ask: defineCommand({
      meta: { name: 'ask', description: 'Ask a session and stream the answer' },
      args: {
        session,
        question: { type: 'positional', description: 'In words; - for the standard input', required: true },
        budget: { type: 'string', description: 'Tokens of the session the model may see', valueHint: 'TOKENS' },
        'max-tokens': { type: 'string', description: 'Tokens the answer may have', valueHint: 'TOKENS' },
        model: { type: 'string', description: 'A model by its id, as `models` lists it', valueHint: 'ID' },
        json,
        url,
      },
      run: async ({ args }) => {
        const model = args.model ?? rememberedModel(choicesPath(), address());
        const question: Question = {
          sessionId: args.session,
          prompt: await joined(args._.slice(1), signal),
          ...(args.budget === undefined ? {} : { budgetTokens: wholeNumber('--budget', args.budget) }),
          ...(args['max-tokens'] === undefined ? {} : { maxTokens: wholeNumber('--max-tokens', args['max-tokens']) }),
          ...(model === null ? {} : { model }),
        };
        await connected((client) => askQuestion(client, output, question, { json: args.json === true, signal }));
      },
    }),
    watch: defineCommand({
      meta: { name: 'watch', description: 'Read an answer from its first word, running or ended' },
      args: { generation: { type: 'positional', description: 'Its id', required: true }, json, url },
      run: ({ args }) => {
        refuseMore(args._, 1);
        const options = { json: args.json === true, signal };
        return connected((client) => watchGeneration(client, output, args.generation, options));
      },
    }),
  };
}

function modelsCommand({ output, connected, address }: Running) {
  return defineCommand({
    meta: { name: 'models', description: 'List the models, or choose the one that `ask` asks' },
    args: {
      action: { type: 'positional', description: 'list, or use', required: false, default: 'list' },
      id: { type: 'positional', description: 'The one to use; default for what the platform has', required: false },
      json,
      url,
    },
    run: ({ args }) => {
      refuseMore(args._, 2);
      const [path, platform] = [choicesPath(), address()];
      if (args.action === 'list' && args.id === undefined) {
        const options = { chosen: rememberedModel(path, platform), json: args.json === true };
        return connected((client) => listModels(client, output, options));
      }
      const { id } = args;
      if (args.action !== 'use' || id === undefined) throw new UsageFault('models takes list, or use with an ID');
      if (id === PLATFORMS_OWN) {
        rememberModel(path, platform, null);
        output.note('asks what the platform has for its default');
        return undefined;
      }
      return connected(async (client) => {
        const need = needOf(await findModel(client, id));
        rememberModel(path, platform, id);
        output.note(`asks ${id} at ${platform} from now on${need === null ? '' : `; it ${need}`}`);
      });
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
