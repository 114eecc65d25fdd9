import { once } from 'node:events';
import { relative } from 'node:path';
import { ConfigError } from '@supercontext/runtime/config.ts';
import { launcherConfig } from './config.ts';
import { unknownSettings } from './known-settings.ts';
import { modelLines, type ToldModel } from './model-lines.ts';
import { whenNpmIsGone } from './npm-above.mjs';
import { type Platform, StartFailed, startPlatform } from './platform.ts';
import { stageReport } from './stage-report.ts';
import { onePerSetting, stageFaults } from './stage-settings.ts';

/**
 * Starts the platform as the environment says, after a greeting when nothing is wrong with it, and tells of stages that die and of
 * variables that no process knows. What keeps it from starting is printed, one plain line for each fault, and ends this process with status 1; an interruption meanwhile ends it with status 0.
 */
export async function startForPerson(interrupted: AbortSignal, greeting?: string): Promise<Platform> {
  const report = stageReport((line) => console.log(line));
  for (const warning of unknownSettings(process.env)) console.error(warning);
  try {
    const { dataFolder, ports } = await launcherConfig();
    if (greeting !== undefined) console.log(greeting);
    return await startPlatform({
      dataFolder,
      ports,
      signal: interrupted,
      onEvent: (event) => {
        if (!interrupted.aborted) report(event);
      },
    });
  } catch (error) {
    const faults = interrupted.aborted ? [] : await faultsOf(error);
    if (interrupted.aborted) process.exit(0);
    for (const fault of faults) console.error(fault);
    process.exit(1);
  }
}

/** All that is wrong, a line each; where the launcher's own settings are, those of the stages, too. */
async function faultsOf(error: unknown): Promise<readonly string[]> {
  if (error instanceof ConfigError) return onePerSetting([...error.faults, ...(await stageFaults(process.env))]);
  if (error instanceof StartFailed) return error.faults;
  return [error instanceof Error ? error.message : String(error)];
}

/** Where a person finds the platform, and what answers there. */
export async function printUrls(platform: Platform): Promise<void> {
  const { standard, offers } = modelLines(await modelsOf(platform));
  console.log(`
  console     ${platform.url}/
  GraphQL     ${platform.url}/graphql   (a browser gets Apollo Sandbox; needs the Internet)
  GraphiQL    ${platform.url}/graphiql  (bundled, works offline)
  WebSocket   ${platform.url.replace('http', 'ws')}/graphql
  model       ${standard}${offers.map((line) => `\n              ${line}`).join('')}
  logs        ${relative(process.cwd(), platform.logFolder)}/

  Ctrl-C ends everything.`);
}

/** For lines of text: a stage may have died since it was ready, which ends nothing. @returns null when none answers */
async function modelsOf({ url }: Platform): Promise<readonly ToldModel[] | null> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ models { id engine provider server needs } }' }),
    });
    const { data } = (await response.json()) as { data?: { models: readonly ToldModel[] } | null };
    return data?.models ?? [];
  } catch {
    return null;
  }
}

/** What ends the platform in good order: Ctrl-C, kill, a closed terminal, Ctrl-\. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Aborts at the first signal that is to end this process, and when npm, that started it, has gone. To be called before anything
 * is started: a signal that nobody waits for ends a process at once. Later signals change nothing, as one Ctrl-C may come
 * twice, from the terminal and from npm; an end takes ten seconds at most.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  // Nobody reads any more, as with a terminal that was closed: that is no reason to end without order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  for (const signal of ENDING_SIGNALS) process.on(signal, () => controller.abort());
  whenNpmIsGone(() => {
    console.error('npm, which started this, has gone: the platform ends');
    controller.abort();
  });
  return controller.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
