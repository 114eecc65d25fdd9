import { describe, expect, it } from 'vitest';
import { modelLines, type ToldModel } from './model-lines.ts';

const own: ToldModel = { id: 'small', engine: 'onnx', provider: 'cpu', server: null, needs: null };
const served = (id: string, server: string, needs: string | null = null): ToldModel => ({
  ...{ id, engine: 'remote', provider: server, server, needs },
});

describe('the lines about models', () => {
  it('say which one answers, and what it needs', () => {
    expect(modelLines([own])).toEqual({ standard: 'small (onnx, cpu)', offers: [] });
    expect(modelLines([served('remote:x', 'http://h:1', 'SERVER')])).toEqual({
      standard: 'remote:x (remote, http://h:1, which needs its server)',
      offers: [],
    });
  });

  it('name what was found on other servers, some of it, and how to choose it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => served(`ollama:${name}`, 'http://127.0.0.1:11434'));
    expect(modelLines([own, ...names, served('vllm:q', 'http://127.0.0.1:8000')]).offers).toEqual([
      'found at http://127.0.0.1:11434: ollama:a, ollama:b, ollama:c, ollama:d and 2 more; chosen by SUPERCONTEXT_MODEL=ollama:a, or for a question',
      'found at http://127.0.0.1:8000: vllm:q; chosen by SUPERCONTEXT_MODEL=vllm:q, or for a question',
    ]);
  });

  it('do not offer the other models of the server that answers already, nor what cannot answer', () => {
    const models = [served('remote:a', 'http://h:1'), served('remote:b', 'http://h:1'), { ...own, needs: 'WEIGHTS' }];
    expect(modelLines([...models, served('x:y', 'http://h:2', 'KEY')]).offers).toEqual([]);
  });

  it('are there when the models cannot be listed', () => {
    expect(modelLines(null).standard).toBe('does not answer at the moment');
    expect(modelLines([]).standard).toBe('none');
  });
});
