import { randomBytes } from 'node:crypto';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const SUPERCONTEXT_SIGNING_KEY = randomBytes(32).toString('hex');
const ENTITIES = {
  context: ['Session', 'Turn', 'Fragment', 'Summary', 'Generation'],
  store: ['Fragment', 'Session'],
  compression: ['Summary', 'Session', 'Fragment'],
  reasoning: ['Generation', 'Turn', 'Fragment', 'Summary', 'Session'],
} as const;
type Stage = keyof typeof ENTITIES;

/** Ids that are of the right type and nobody's. */
const IDS = [
  '',
  'x',
  5,
  '\ud800',
  'a\0b',
  '__proto__',
  "'; --",
  'x'.repeat(100_000),
  `ses_${'0'.repeat(24)}`,
  'gen_',
  'ses_.t9',
];
const NO_REPRESENTATIONS = [
  5,
  'Session',
  [],
  {},
  { __typename: 5 },
  { __typename: 'Ghost', id: 'x' },
  { __typename: 'Query' },
];
const deep = `${'{a:'.repeat(3_000)}1${'}'.repeat(3_000)}`;
const chain = Array.from({ length: 1_600 }, (_, at) => `fragment F${at} on Query{...F${at + 1}}`).join('');

let platform: RunningPlatform;

beforeAll(async () => {
  platform = await runningPlatform({ SUPERCONTEXT_SIGNING_KEY });
}, 120_000);
afterAll(() => platform?.stop());

interface Answer {
  readonly data?: { readonly _entities: readonly unknown[] } | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: { readonly code: string } }[];
}

/** As somebody who has the platform's key: a stage answers nobody else. */
async function ask(stage: Stage, request: object): Promise<Answer & { readonly status: number }> {
  const body = JSON.stringify(request);
  const signature = signRequest(SUPERCONTEXT_SIGNING_KEY, { stage, body });
  const headers = { 'content-type': 'application/json', [CONTRACT_HEADER]: '1', [SIGNATURE_HEADER]: signature };
  const response = await fetch(`http://127.0.0.1:${platform.ports[stage]}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as Answer) };
}

const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
const codesOf = ({ errors = [] }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

describe.each(Object.keys(ENTITIES) as Stage[])('the %s stage', (stage) => {
  it('names each representation that is none, in its place', async () => {
    const answer = await ask(stage, { query, variables: { r: NO_REPRESENTATIONS } });
    expect(codesOf(answer)).toEqual(NO_REPRESENTATIONS.map(() => 'INPUT_INVALID'));
    expect(answer.errors?.map(({ path }) => path?.[1]).sort()).toEqual(NO_REPRESENTATIONS.map((_, at) => at));
  });

  it('refuses representations of null, or none at all', async () => {
    for (const r of [[null], null, undefined]) {
      const answer = await ask(stage, { query, variables: { r } });
      expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    }
  });

  it('has a code for each id that is nobody’s, and no fault', async () => {
    for (const __typename of ENTITIES[stage]) {
      const representations = [...IDS.map((id) => ({ __typename, id })), { __typename }, { __typename, id: null }];
      const answer = await ask(stage, { query, variables: { r: representations } });
      expect(answer.status).toBe(200);
      expect(codesOf(answer), __typename).not.toContain('INTERNAL');
    }
  });

  it.each([
    ['objects', `{ _entities(representations: [${deep}]) { __typename } }`],
    ['selections', `${'{_entities(representations:[]){... on Query'.repeat(400)}${'}'.repeat(800)}`],
    ['fragments', `{...F0}${chain}fragment F1600 on Query{__typename}`],
  ])('is not overflown by %s without end', async (_what, document) => {
    const answer = await ask(stage, { query: document });
    expect(answer.status).toBeLessThan(500);
    expect(codesOf(answer)).not.toContain('INTERNAL');
  });
});
