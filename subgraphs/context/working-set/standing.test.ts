import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { expect, it } from 'vitest';
import type { LogEntry } from '../log/session-log.ts';
import { Coverage } from './coverage.ts';
import { Ledger } from './ledger.ts';
import type { Draft } from './stable-part.ts';
import { addStanding } from './standing.ts';

const INSTRUCTION = 'Always answer me in short sentences and with the units.';

function shown(text: string, shareTokens: number): readonly (readonly [string, boolean])[] {
  const ledger = new Ledger(1_000);
  const coverage = new Coverage(Withdrawn.NONE);
  const draft: Draft = { sessionId: `ses_${'a'.repeat(24)}`, ledger, coverage, modelNodes: new Set() };
  const place = { position: 0, firstPart: null, chatTokensBefore: 0, turn: null, isAnswer: false };
  const tokens = countTokens(text);
  const entry: LogEntry = { ...place, hash: '0'.repeat(32), tokens, role: 'user', kind: 'chat', facts: null };
  addStanding(draft, [{ entry, text, name: null, instruction: INSTRUCTION }], shareTokens);
  return ledger.segments.map(({ text: said, verbatim }) => [said, verbatim]);
}

it('shows the whole of a message that is an instruction for the most part, of others the instruction', () => {
  const short = `Thank you! ${INSTRUCTION}`;
  const long = `The ledger of the harbour is closed at night, and nobody has told me why that is so. ${INSTRUCTION}`;
  expect(shown(short, 100)).toEqual([[short, true]]);
  expect(shown(long, 100)).toEqual([[INSTRUCTION, false]]);
  expect(shown(INSTRUCTION, 100)).toEqual([[INSTRUCTION, true]]);
});

it('counts the whole of it against the share', () => {
  const short = `Thank you! ${INSTRUCTION}`;
  expect(shown(short, countTokens(short))).toEqual([]);
  expect(shown(short, countTokens(short) + 3)).toHaveLength(1);
});
