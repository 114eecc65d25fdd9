import { execFileSync, spawnSync } from 'node:child_process';

/** A network of its own in this machine, with one wire to the rest of it. */
export interface IsolatedNetwork {
  /** Reached from within, and from outside while it is not cut off. */
  readonly host: string;
  /** Of this machine, as it is seen from within. */
  readonly outside: string;
  /** The words before a command that is to run within. */
  readonly through: readonly string[];
  cut(): void;
  join(): void;
  remove(): void;
}

/** Why there can be none; null when there can. */
export function whyNoNetworks(): string | null {
  const name = `sc-try-${process.pid}`;
  const { status, stderr, error } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (status !== 0) return `no network namespaces: ${error?.message ?? stderr.trim()}`;
  ip('netns', 'del', name);
  return null;
}

/** Makes one, by the rights of root. On both ends of the wire is a bridge, so that either side keeps its address when it is cut. */
export function isolatedNetwork(): IsolatedNetwork {
  const id = process.pid.toString(36);
  const [space, bridge, inner, near, far] = [`sc-${id}`, `scb${id}`, `sci${id}`, `scn${id}`, `scf${id}`] as const;
  const net = `10.213.${process.pid % 250}`;
  const [outside, host] = [`${net}.1`, `${net}.2`];
  const within = (...words: readonly string[]) => ip('-n', space, ...words);
  const remove = () => {
    for (const words of [
      ['link', 'del', bridge],
      ['link', 'del', near],
      ['netns', 'del', space],
    ]) {
      spawnSync('ip', words, { stdio: 'ignore' });
    }
  };
  try {
    ip('netns', 'add', space);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', space);
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('link', 'set', near, 'master', bridge);
    ip('address', 'add', `${outside}/24`, 'dev', bridge);
    for (const device of [bridge, near]) ip('link', 'set', device, 'up');
    within('link', 'add', inner, 'type', 'bridge');
    within('link', 'set', far, 'master', inner);
    within('address', 'add', `${host}/24`, 'dev', inner);
    for (const device of [inner, far, 'lo']) within('link', 'set', device, 'up');
  } catch (error) {
    remove();
    throw error;
  }
  return {
    host,
    outside,
    through: ['ip', 'netns', 'exec', space],
    cut: () => ip('link', 'set', near, 'down'),
    join: () => ip('link', 'set', near, 'up'),
    remove,
  };
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' });
}
