import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, read } from '../../gateway/fixtures/reader.ts';
import { readReservedNames } from '../../gateway/names/reserved-names.ts';
import { append, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const SUPERGRAPH = new URL('../../supergraph/supergraph.graphql', import.meta.url);
const RESERVED = [...readReservedNames(parse(readFileSync(SUPERGRAPH, 'utf8')))];
/** A name that means nothing to a query plan. */
const NEUTRAL = 'neutral';

let platform: RunningPlatform;
let sessionId: string;

beforeAll(async () => {
  platform = await runningPlatform();
  sessionId = await openSession(platform.url, 'the title');
  const items = [{ text: { text: 'The keeper of the lighthouse is Ada.' } }];
  await append(platform.url, { sessionId, idempotencyKey: 'one', items });
}, 120_000);
afterAll(() => platform?.stop());

it('the names that mean something to the plans of this graph are its keys and requirements', () => {
  expect(RESERVED.sort()).toEqual(['__proto__', '__typename', 'id', 'logDigest', 'logLength', 'withdrawnDigest']);
});

async function answerTo(query: string): Promise<string> {
  const { status, data, errors } = await post(platform.url, query, { sessionId });
  return JSON.stringify({ status, data, errors });
}

const SESSION = 'query ($sessionId: ID!) { session(id: $sessionId)';

describe.each(RESERVED)('an alias %s has what was asked for under it', (alias) => {
  it.each([
    '{ ALIAS: sessions(first: 1) { edges { cursor } } }',
    '{ ALIAS: sessions(first: 1) { ALIAS: edges { ALIAS: node { ALIAS: title compression { ALIAS: levels } } } } }',
    '{ sessions(first: 1) { edges { node { ALIAS: revision } } } }',
    '{ sessions(first: 1) { edges { node { ALIAS: id } } } }',
    '{ sessions(first: 1) { edges { node { ALIAS: id compression { levels } } } } }',
    `${SESSION} { ALIAS: title compression { levels } } }`,
    `${SESSION} { ALIAS: title search(query: "Ada") { position ALIAS: score fragment { ALIAS: text } } } }`,
    `${SESSION} { ALIAS: storage { ALIAS: fragments } fragments { edges { node { ALIAS: role } } } } }`,
    `${SESSION} { workingSet(query: "Ada") { segments { ALIAS: tokens ... on FragmentSegment { fragment { ALIAS: text } } } } } }`,
    'query ($sessionId: ID!) { node(id: $sessionId) { ALIAS: __typename ... on Session { compression { levels } } } }',
    'query ($sessionId: ID!) { node(id: $sessionId) { ALIAS: id ... on Session { title storage { tokens } } } }',
    '{ ALIAS: models { ALIAS: engine } }',
    'mutation { ALIAS: openSession(input: { title: "m" }) { ALIAS: session { ALIAS: title compression { levels } } } }',
    '{ ALIAS: session(id: "none") { title } }',
  ])('in %s', async (template) => {
    const expected = (await answerTo(template.replaceAll('ALIAS', NEUTRAL))).replaceAll(NEUTRAL, alias);
    expect(expected).toContain(`"${alias}"`);
    expect(await answerTo(template.replaceAll('ALIAS', alias))).toBe(expected);
  });

  it('in the events of a generation, with what other stages add to them', async () => {
    const client = openClient(`${platform.url}/graphql`);
    const query = `subscription ($sessionId: ID!) {
      ALIAS: generate(input: { sessionId: $sessionId, prompt: "Who keeps the lighthouse?" }) {
        ALIAS: sequence
        ... on GenerationCompleted { generation { ALIAS: status turn { ALIAS: prompt session { ALIAS: title } } } }
      }
    }`.replaceAll('ALIAS', alias);
    const { results, ended } = read(client, { query, variables: { sessionId } });
    expect(await ended).toBe('completed');
    await client.dispose();
    const events = results.map((result) => JSON.stringify(result.data));
    expect(events.slice(0, -1)).toEqual(
      events.slice(0, -1).map((_, sequence) => `{"${alias}":{"${alias}":${sequence}}}`),
    );
    const turn = `{"${alias}":"Who keeps the lighthouse?","session":{"${alias}":"the title"}}`;
    const generation = `{"${alias}":"COMPLETED","turn":${turn}}`;
    expect(events.at(-1)).toBe(`{"${alias}":{"${alias}":${events.length - 1},"generation":${generation}}}`);
  });
});
