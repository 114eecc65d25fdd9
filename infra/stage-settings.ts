import { once } from 'node:events';
import { DEFAULT_PORTS, type StageName } from '@supercontext/runtime/common-settings.ts';
import { CHECK_ONLY } from '@supercontext/runtime/process/run-main.ts';
import { portVariable } from './check-place.ts';
import { spawnStage } from './spawn-stage.ts';

const DEADLINE_MS = 15_000;
/** What begins with the name of a variable is about a setting. */
const SETTING = /^[A-Z][A-Z0-9_]*(?==| is not set| and )/;

/**
 * What is wrong with the settings of all processes, asked of each of them: a line each, in order of the stages. For when it is
 * known that something is wrong; it takes about a second.
 */
export async function stageFaults(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const stages = Object.keys(DEFAULT_PORTS) as StageName[];
  // The launcher's own settings it has looked at itself.
  const ports = Object.fromEntries(stages.map((stage) => [portVariable(stage), '0']));
  const told = { ...environment, ...ports, SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) };
  const answers = await Promise.all(stages.map((stage) => askStage(stage, told)));
  return answers.flatMap((lines) => lines.filter(isAboutSetting));
}

/** All lines, one for each setting: the first that speaks of it. What a setting has to do with something else may be several things. */
export function onePerSetting(faults: readonly string[]): readonly string[] {
  const told = new Set<string>();
  return faults.filter((fault) => {
    const setting = SETTING.exec(fault)?.[0] ?? fault;
    const subject = fault.startsWith(`${setting} and `) ? fault : setting;
    if (told.has(subject)) return false;
    told.add(subject);
    return true;
  });
}

export function isAboutSetting(line: string): boolean {
  return SETTING.test(line);
}

async function askStage(stage: StageName, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const child = spawnStage(stage, {
    environment,
    words: [CHECK_ONLY],
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk));
  await once(child, 'close').catch(() => {});
  return said.split('\n');
}
