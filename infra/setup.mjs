// Sets up what is missing, then says nothing more: packages (with Node 26), model weights, the supergraph, the console.
// Plain JavaScript for whatever Node is on the machine; everything after `npm ci` runs on the Node it brings.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FOREIGN_SERVER, foreignServerFolder, foreignServerStamp } from './foreign-server.mjs';
import { guardedRun } from './guarded-run.mjs';
import { whenNpmIsGone } from './npm-above.mjs';
import { fetchPostgres } from './test-postgres.mjs';
import { fetchTokenizerSuite } from './tokenizer-suite.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE = join(ROOT, 'node_modules', '.bin', 'node');
/** What `fetch-model/main.ts` and `fetch-embedder/main.ts` exit with when no source has the weights. */
const NO_WEIGHTS_STATUS = 3;

const wants = new Set(process.argv.slice(2));

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** Runs a command to its end; its output is shown only when it fails. */
function run(command, args, { cwd = ROOT, env = process.env } = {}) {
  return guardedRun(command, args, { cwd, env: { ...env, APOLLO_TELEMETRY_DISABLED: 'true' } });
}

async function must(what, command, args, options) {
  const { status, output } = await run(command, args, options);
  if (status === 0) return;
  process.stderr.write(output.split('\n').slice(-40).join('\n'));
  say(`${what} failed (${command} ${args.join(' ')}, exit ${status})`);
  process.exit(1);
}

/** `npm ci`, or another way to install, where package-lock.json is not what was installed last. */
async function installPackages(folder, what, command = 'ci') {
  const stamp = join(folder, 'node_modules', '.installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`installing ${what} (npm ${command})`);
  const start = Date.now();
  await must(`npm ${command}`, 'npm', [command, '--no-audit', '--no-fund', '--no-save', '--loglevel=error'], {
    cwd: folder,
  });
  writeFileSync(stamp, wanted);
  say(`${what} installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

function newestChange(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Runs a program that fetches weights; `without` says what holds when they cannot be had. */
async function fetchWeights(program, what, without) {
  const { status, output } = await run(NODE, [program]);
  const lines = output.trim().split('\n');
  if (status === 0) return;
  if (status === NO_WEIGHTS_STATUS) {
    say(`${lines.at(-1)} - ${without}`);
    return;
  }
  process.stderr.write(output);
  say(`the ${what} weights are there but cannot be used (exit ${status}): see above`);
  process.exit(1);
}

function fetchModel() {
  const without = 'answers are quoted from the evidence all the same; the small model of models.json cannot be picked';
  return fetchWeights('subgraphs/reasoning/fetch-model/main.ts', 'model', without);
}

function fetchEmbedder() {
  return fetchWeights('supergraph/embed/fetch-embedder/main.ts', 'embedder', 'search will be by words alone');
}

async function composeSupergraph() {
  const { status } = await run(NODE, ['supergraph/compose.ts', '--check']);
  if (status === 0) return;
  say('composing the supergraph');
  await must('composition', NODE, ['supergraph/compose.ts']);
}

async function buildConsole() {
  const built = join(ROOT, 'console/web/dist/index.html');
  const changed = Math.max(
    ...['console/web', 'codegen/client', 'supergraph/text'].map((part) => newestChange(join(ROOT, part))),
  );
  if (existsSync(built) && statSync(built).mtimeMs >= changed) return;
  say('building the console');
  await must('the console build', 'npm', ['run', 'build', '--silent', '-w', '@supercontext/console-web']);
}

/** A browser for the tests: Debian's chromium, where this user may install it. What could not be had is said here and skipped there. */
async function installBrowser() {
  if (['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((path) => existsSync(path)))
    return;
  say('installing chromium for the browser tests (apt-get)');
  await run('apt-get', ['update', '-qq']);
  const { status, output } = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  if (status !== 0)
    say(`chromium cannot be installed here (${output.trim().split('\n').at(-1)}): browser tests will be skipped`);
}

/** A Redis for the tests: Debian's redis-server, where this user may install it. It is not to run as a service beside them. */
async function installRedis() {
  if (['/usr/bin/redis-server', '/usr/local/bin/redis-server'].some((path) => existsSync(path))) return;
  say('installing redis-server for the tests of Redis Cluster (apt-get)');
  await run('apt-get', ['update', '-qq']);
  const env = { ...process.env, RUNLEVEL: '1' };
  const { status, output } = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], {
    env,
  });
  if (status !== 0)
    say(`redis-server cannot be installed here (${output.trim().split('\n').at(-1)}): tests of Redis will be skipped`);
}

/** A vector store that others wrote. */
async function installPostgres() {
  const why = await fetchPostgres();
  if (why !== null) say(`PostgreSQL with pgvector cannot be had (${why}): its tests will be skipped`);
}

/** What tokenizers are compared with. */
async function installTokenizerSuite() {
  const why = await fetchTokenizerSuite();
  if (why !== null) say(`llama.cpp's suite of tokenizers cannot be had (${why}): its tests will be skipped`);
}

/** Clients that others wrote, each of which a test runs as a program of its own. */
function foreignClients() {
  return installPackages(join(ROOT, 'test/conformance/clients'), "other people's clients for the tests");
}

/**
 * A model server that others wrote, for the tests of whoever asks for it by `--model-server`: compiled once, for many minutes, at low
 * priority, and for any machine of this kind, as a cache may outlive the one it was made on. What could not be had is said here and
 * skipped there.
 */
async function buildForeignServer() {
  if (existsSync(foreignServerStamp())) return;
  const folder = foreignServerFolder();
  say(`building ${FOREIGN_SERVER} for the tests, once; this takes some minutes`);
  const env = { ...process.env, CMAKE_ARGS: '-DGGML_NATIVE=OFF' };
  const steps = [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', '--no-cache-dir', FOREIGN_SERVER],
  ];
  for (const step of steps) {
    const { status, output } = await run('nice', ['-n', '10', ...step], { env });
    if (status === 0) continue;
    return say(`it cannot be built here (${output.trim().split('\n').at(-1)}): tests with it will be skipped`);
  }
  writeFileSync(foreignServerStamp(), FOREIGN_SERVER);
}

/** Not `npm ci`: it wants the binaries of every platform in the lock file, and a peer may have none for some. */
function benchPeers() {
  return installPackages(join(ROOT, 'test/bench'), "the benchmark's peers", 'install');
}

// What runs at the moment ends with this process; the launcher, which the shell would start next, is not started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
whenNpmIsGone(() => process.exit(1));
await installPackages(ROOT, 'packages');
const version = await run(NODE, ['--version']);
if (!/^v2[6-9]/.test(version.output)) {
  say(`the npm package "node" did not bring Node 26 (got ${version.output.trim() || `exit ${version.status}`})`);
  process.exit(1);
}
if (wants.has('--packages-only')) process.exit(0);
await Promise.all([
  fetchModel(),
  fetchEmbedder(),
  composeSupergraph().then(buildConsole),
  ...(wants.has('--for-tests')
    ? [installBrowser().then(installRedis), foreignClients(), installPostgres(), installTokenizerSuite()]
    : []),
  ...(wants.has('--model-server') ? [buildForeignServer()] : []),
  ...(wants.has('--for-bench') ? [benchPeers()] : []),
]);
