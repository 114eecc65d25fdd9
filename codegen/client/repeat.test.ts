import { describe, expect, it } from 'vitest';
import { accepted } from './accepted.ts';
import { GraphRequestError } from './graph-request-error.ts';
import { repeat } from './repeat.ts';

const away = new GraphRequestError('SUBGRAPH_UNAVAILABLE', 'a stage does not answer', { retryable: true });

describe('work that may be repeated', () => {
  it('is done again after an error that is retryable', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      if (tries < 3) throw away;
      return tries;
    };
    await expect(repeat(work)).resolves.toBe(3);
  });

  it('is not done again after any other error', async () => {
    let tries = 0;
    const refused = new GraphRequestError('INPUT_INVALID', 'no');
    const work = async () => {
      tries += 1;
      throw refused;
    };
    await expect(repeat(work)).rejects.toBe(refused);
    expect(tries).toBe(1);
  });

  it('is not done again once its signal is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = async () => {
      controller.abort(reason);
      throw away;
    };
    await expect(repeat(work, controller.signal)).rejects.toBe(reason);
  });
});

describe('a payload', () => {
  it('is given back when the input was accepted, and thrown as its first error when not', () => {
    const payload = { session: null, userErrors: [] };
    expect(accepted(payload)).toBe(payload);
    const conflict = { code: 'REVISION_CONFLICT', message: 'moved on', currentRevision: 7 };
    expect(() => accepted({ userErrors: [conflict] })).toThrow(
      expect.objectContaining({ code: 'REVISION_CONFLICT', details: { currentRevision: 7 } }),
    );
  });
});
