import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkReasoningConfig, readReasoningConfig } from './config.ts';
import { tinyLlama } from './gguf/tiny-llama.ts';
import { writeGguf } from './gguf/write-gguf.ts';
import { baseUrlOf } from './model/remote/model-server.ts';
import { serverOptionsOf } from './server-settings.ts';

const KEY = { SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) };

describe('the settings of the reasoning stage', () => {
  it('take every value from its variable', () => {
    const config = readReasoningConfig({
      ...KEY,
      SUPERCONTEXT_CONTEXT_URL: 'http://elsewhere:1/graphql',
      SUPERCONTEXT_MODEL: 'extractive',
      SUPERCONTEXT_MODEL_PATH: import.meta.filename,
      XDG_CACHE_HOME: '/cache',
      SUPERCONTEXT_PROVIDER: 'cuda',
      SUPERCONTEXT_ENGINE_THREADS: '3',
      SUPERCONTEXT_ENGINE_SLOTS: '5',
      SUPERCONTEXT_ENGINE_KV_MIB: '77',
      SUPERCONTEXT_ENGINE_QUEUE: '0',
    });
    expect(config).toMatchObject({
      contextUrl: 'http://elsewhere:1/graphql',
      model: 'extractive',
      modelPath: import.meta.filename,
      cacheHome: '/cache',
      provider: 'cuda',
      threads: 3,
      slots: 5,
      kvMebibytes: 77,
      queueLimit: 0,
    });
  });

  it('name every fault at once', () => {
    expect(() => readReasoningConfig({ SUPERCONTEXT_PROVIDER: 'tpu', SUPERCONTEXT_ENGINE_SLOTS: '0' })).toThrow(
      /SIGNING_KEY[\s\S]*PROVIDER="tpu"[\s\S]*SLOTS="0"/,
    );
  });

  it('name a server with its model, its key and its patience', () => {
    const config = readReasoningConfig({
      ...KEY,
      SUPERCONTEXT_MODEL: 'vllm:Qwen/Qwen3-8B',
      SUPERCONTEXT_MODEL_URL: 'https://models.example/v1',
      SUPERCONTEXT_MODEL_NAME: 'gpt-x',
      SUPERCONTEXT_MODEL_KEY: 'sk-1',
      SUPERCONTEXT_MODEL_WINDOW: '32768',
      SUPERCONTEXT_MODEL_SERVERS: 'vllm:8001, mine:9000',
      SUPERCONTEXT_MODEL_BEGIN_MS: '1000',
      SUPERCONTEXT_MODEL_STALL_MS: '2000',
      SUPERCONTEXT_MODEL_TOTAL_MS: '3000',
    });
    expect(config.model).toBe('vllm:Qwen/Qwen3-8B');
    expect(serverOptionsOf(config)).toEqual({
      url: 'https://models.example/v1',
      name: 'gpt-x',
      key: 'sk-1',
      contextTokens: 32_768,
      lookedFor: [
        { label: 'vllm', port: 8_001 },
        { label: 'mine', port: 9_000 },
      ],
      limits: { beginMs: 1_000, stallMs: 2_000, totalMs: 3_000 },
    });
    expect(readReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_SERVERS: 'none' }).modelServers).toEqual([]);
    expect(readReasoningConfig(KEY).modelServers.map(({ port }) => port)).toEqual([11_434, 1_234, 8_000, 8_080]);
  });

  it.each([
    ['http://127.0.0.1:11434 ', 'http://127.0.0.1:11434/v1/models'],
    [' http://127.0.0.1:11434/', 'http://127.0.0.1:11434/v1/models'],
    ['\u0001http://127.0.0.1:11434/api/v2\t', 'http://127.0.0.1:11434/api/v2/models'],
    ['HTTP://LocalHost:11434//', 'http://localhost:11434/v1/models'],
  ])('take what stands around a URL for no part of it: %j', (told, asked) => {
    const { url } = serverOptionsOf(readReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_URL: told }));
    expect(`${baseUrlOf(url ?? '')}/models`).toBe(asked);
  });

  describe('name what is wrong with a model file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-file-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const whole = writeGguf(tinyLlama());
    const write = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const changed = (change: (metadata: ReturnType<typeof tinyLlama>['metadata']) => void): Uint8Array => {
      const model = tinyLlama();
      change(model.metadata);
      return writeGguf(model);
    };

    it.each<[string, () => string, RegExp]>([
      ['nothing there', () => join(folder, 'nowhere'), /there is no such file/],
      ['a folder', () => folder, /found a folder; name the file in it/],
      [
        'a FIFO',
        () => {
          execFileSync('mkfifo', [join(folder, 'fifo')]);
          return join(folder, 'fifo');
        },
        /found a pipe/,
      ],
      ['no GGUF', () => write('text.gguf', Buffer.from('GG')), /model file refused: it ends in the middle/],
      ['a truncated one', () => write('cut.gguf', whole.subarray(0, whole.length - 4_000)), /truncated/],
      [
        'another architecture',
        () =>
          write(
            'bert.gguf',
            changed((data) => data.set('general.architecture', 'bert')),
          ),
        /'bert'; supported are llama, qwen2, qwen3/,
      ],
      [
        'another pre-tokenizer',
        () =>
          write(
            'mpt.gguf',
            changed((data) => data.set('tokenizer.ggml.pre', 'mpt')),
          ),
        /'mpt'; supported/,
      ],
      [
        'no template',
        () =>
          write(
            'plain.gguf',
            changed((data) => data.delete('tokenizer.chat_template')),
          ),
        /no chat template/,
      ],
      [
        'a part without the others',
        () =>
          write(
            'a-00001-of-00002.gguf',
            changed((data) => data.set('split.count', 2)),
          ),
        /part 2 of 2, a-00002-of-00002.gguf: .*no such file/,
      ],
    ])('such as %s', async (_, make, fault) => {
      const path = make();
      const reading = checkReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_PATH: path });
      await expect(reading).rejects.toMatchObject({ faults: [expect.stringMatching(fault)] });
      await expect(reading).rejects.toMatchObject({
        faults: [expect.stringMatching(/^SUPERCONTEXT_MODEL_PATH=".*": /)],
      });
    });

    it('and nothing of one that can be run', async () => {
      const SUPERCONTEXT_MODEL_PATH = write('whole.gguf', whole);
      expect((await checkReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_PATH })).modelPath).toBe(SUPERCONTEXT_MODEL_PATH);
    });
  });

  it('read a key from its file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'key-'));
    const path = join(folder, 'key');
    writeFileSync(path, 'sk-of-a-file\n');
    expect(serverOptionsOf(readReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_KEY_FILE: path })).key).toBe(
      'sk-of-a-file',
    );
    writeFileSync(path, 'two\nlines\n');
    expect(() => readReasoningConfig({ ...KEY, SUPERCONTEXT_MODEL_KEY_FILE: path })).toThrow(/holds no key/);
    rmSync(folder, { recursive: true });
  });

  it.each([
    [{ SUPERCONTEXT_MODEL: 'remote:x' }, /SUPERCONTEXT_MODEL="remote:x": no SUPERCONTEXT_MODEL_URL/],
    [{ SUPERCONTEXT_MODEL: 'olama:x' }, /expected one of remote, anthropic, google, ollama, lm-studio/],
    [{ SUPERCONTEXT_MODEL_NAME: 'x' }, /SUPERCONTEXT_MODEL_NAME="x": no SUPERCONTEXT_MODEL_URL/],
    [{ SUPERCONTEXT_MODEL_URL: 'ftp://x' }, /an http or https URL/],
    [{ SUPERCONTEXT_MODEL_URL: 'http://x?' }, /without credentials, query and fragment/],
    [{ SUPERCONTEXT_MODEL_URL: 'http://x/v1#' }, /without credentials, query and fragment/],
    [{ SUPERCONTEXT_MODEL_URL: 'http://me:secret-word@x/v1' }, /SUPERCONTEXT_MODEL_URL=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_URL: 'https://x/v1beta/openai?key=secret-word' }, /=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_URL: 'https://me:se/secret-word@x/v1' }, /=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_URL: 'https:me:secret-word@x/v1' }, /=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_URL: 'https://x/v1#secret-word' }, /=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_KEY: 'secret word' }, /SUPERCONTEXT_MODEL_KEY=\(hidden\): expected/],
    [{ SUPERCONTEXT_MODEL_SERVERS: 'ollama' }, /none, or up to 16 NAME:PORT/],
    [{ SUPERCONTEXT_MODEL_SERVERS: 'remote:80' }, /none, or up to 16 NAME:PORT/],
    [{ SUPERCONTEXT_MODEL_SERVERS: 'a:80,a:81' }, /none, or up to 16 NAME:PORT/],
    [{ SUPERCONTEXT_MODEL_KEY: 'a', SUPERCONTEXT_MODEL_KEY_FILE: 'package.json' }, /holds no key/],
  ])('refuse %j, without repeating a secret', (environment, fault) => {
    const read = () => readReasoningConfig({ ...KEY, ...environment });
    expect(read).toThrow(fault);
    expect(read).not.toThrow(/secret.word/);
  });
});
