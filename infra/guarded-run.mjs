// Runs the commands of the set-up. Plain JavaScript for whatever Node is on the machine.
import { spawn } from 'node:child_process';

/**
 * Runs the command that follows it in a process group of its own and ends the whole group when its standard input closes: that
 * is when the set-up has gone, however it went. Otherwise an `npm ci` or a build would go on behind it.
 */
const GUARD = `exec 3<&0 </dev/null
(read -r _ <&3; trap "" TERM; kill -TERM 0; sleep 1; kill -KILL 0) >/dev/null 2>&1 &
"$@" 3<&-
status=$?
kill -KILL $!
exit $status`;

/** Settings of the platform that are nobody's business here: packages bring scripts of many people that run when they are installed. */
const SECRET = /^SUPERCONTEXT_(.*_KEY|PGVECTOR)$/;

function withoutSecrets(env) {
  return Object.fromEntries(Object.entries(env).filter(([variable]) => !SECRET.test(variable)));
}

/** Runs a command to its end and resolves to its status and all it said; a command that is not there has status 127. It is told no secrets of the platform. */
export function guardedRun(command, args, { cwd, env = process.env }) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: withoutSecrets(env), detached: true, stdio: 'pipe' };
    const child = spawn('sh', ['-c', GUARD, 'guard', command, ...args], options);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
