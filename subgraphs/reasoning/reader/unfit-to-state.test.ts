import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

const NOISE = ['The harbour opens at dawn. Boats that arrive later wait outside.\n\nNobody may fish from the pier.'];

async function read(question: string, ...texts: string[]) {
  const passages = [...texts, ...NOISE].map((text) => ({ text, about: '', saidAt: null }));
  const { parts } = await readAnswer([{ question, passages, confidence: null }]);
  return { certainty: parts[0]?.certainty, text: parts[0]?.quote?.text };
}

describe('what is stated', () => {
  it.each([
    ['Are boats over 10 metres allowed?', 'Boats over 10 metres are allowed.', 'Boats over 10 metres are not allowed.'],
    ['Are dogs allowed on the pier?', 'Dogs are allowed on the pier.', 'Dogs are forbidden on the pier.'],
    ['Sind Hunde in der Hütte erlaubt?', 'Hunde sind in der Hütte erlaubt.', 'Hunde sind in der Hütte nicht erlaubt.'],
    ['What is the maximum upload size?', 'The maximum upload size is 10 MB.', 'Uploads may be at most 25 MB in size.'],
    ['How large may uploads be?', 'Uploads may be at most 25 MB in size.', 'The maximum upload size is 10 MB.'],
    [
      'Which port does the ledger listen on?',
      'The ledger listens on port 7443.',
      'ledger:\n  port: 7444\n  host: quay\n',
    ],
    [
      'Which port does the ledger listen on?',
      'The ledger listens on port 7443.',
      '[ledger]\nport=7444 ; of the quay\nhost=quay\n',
    ],
    [
      'Which port does the ledger listen on?',
      'The ledger listens on port 7443.',
      '{\n  "ledger": {\n    "port": 7444,\n    "host": "quay"\n  }\n}\n',
    ],
    [
      'Which port does the ledger listen on?',
      'The ledger listens on port 7443.',
      '| service | port |\n|---|---|\n| ledger | 7444 |\n| gate | 80 |\n',
    ],
  ])('answers %s by nothing that another place contradicts', async (question, one, other) => {
    expect((await read(question, one)).certainty).toBe('stated');
    expect((await read(question, one, other)).certainty).toBe('unsure');
    expect((await read(question, other, one)).certainty).toBe('unsure');
  });

  it.each([
    [
      'Which port does the ledger listen on?',
      'The ledger listens on port 7443.',
      'gate:\n  port: 7444\n  host: quay\n',
    ],
    ['What is the maximum upload size?', 'The maximum upload size is 10 MB.', 'The maximum download size is 99 MB.'],
    ['Which port does the ledger listen on?', 'The ledger listens on port 7443.', 'ledger:\n  port: 7443\n'],
    ['Are dogs allowed on the pier?', 'Dogs are allowed on the pier.', 'Cats are not allowed in the shed.'],
  ])('answers %s where others say the same, or something of something else', async (question, one, other) => {
    expect((await read(question, one, other)).certainty).toBe('stated');
  });

  it('has a reason where a reason is asked for', async () => {
    const asked = 'Why is the cache cleared at midnight?';
    expect((await read(asked, 'The cache is cleared at midnight by the clerk.')).certainty).toBe('unsure');
    const reason = 'The cache is cleared at midnight because the reports run then.';
    expect(await read(asked, reason)).toEqual({ certainty: 'stated', text: reason });
    const changed =
      'Since many programs end with 2 on errors, it had to change. The default value for exitcodes is now 0.';
    expect((await read('Why was the default of exitcodes changed?', changed)).text).toContain('Since many programs');
  });

  it('has somebody whom one may know where somebody is asked for', async () => {
    const asked = 'Who lets the plumber in?';
    expect((await read(asked, 'Somebody has to let the plumber in.')).certainty).not.toBe('stated');
    expect((await read(asked, 'Ingrid lets the plumber in.')).certainty).toBe('stated');
  });

  it('says what was before where that is asked for', async () => {
    const asked = 'What was the default of exitcodes before?';
    expect((await read(asked, 'The default value for exitcodes is now 0.')).certainty).not.toBe('stated');
    const both = 'The default value for exitcodes is 0 and was 2 before.';
    expect(await read(asked, both)).toEqual({ certainty: 'stated', text: both });
  });

  it('has a day, or what happens then, where it is asked when', async () => {
    const asked = 'When is the gate of the mill closed?';
    expect((await read(asked, 'The gate of the mill is closed by the clerk.')).certainty).not.toBe('stated');
    expect((await read(asked, 'The gate of the mill is closed when the river rises.')).certainty).toBe('stated');
    expect((await read(asked, 'The gate of the mill is closed at 22:00.')).certainty).toBe('stated');
  });

  it('has a version where a version is asked for', async () => {
    const asked = 'Which version of kiln do I need with loom 2?';
    const vague = 'Some options of kiln are others with loom 2 than you need.';
    expect((await read(asked, vague)).certainty).not.toBe('stated');
    const told = 'If you are using `loom@2`, you will need to use `kiln@3`.';
    expect(await read(asked, vague, told)).toEqual({ certainty: 'stated', text: told });
  });
});
