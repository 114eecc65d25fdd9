import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { openClient, read } from '../fixtures/reader.ts';
import { composeShop, startShop } from '../fixtures/shop.ts';
import { renameReserved } from './rename-reserved.ts';
import { readReservedNames } from './reserved-names.ts';

const RESERVED = ['__typename', '__proto__', 'id', 'size', 'width', 'price', 'place', 'code', 'name'];
/** A name that means nothing to a plan. */
const NEUTRAL = 'neutral';

let shop: Awaited<ReturnType<typeof startShop>>;
let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  shop = await startShop();
  folder = await mkdtemp(join(tmpdir(), 'shop-'));
  const supergraphPath = join(folder, 'supergraph.graphql');
  await writeFile(supergraphPath, composeShop());
  const subgraphUrls = { catalogue: shop.catalogue.url, delivery: shop.delivery.url };
  gateway = await startTestGateway(subgraphUrls, { supergraphPath });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all(Object.values(shop ?? {}).map((subgraph) => subgraph.stop()));
  await rm(folder, { recursive: true });
});

/** What is answered, its order told, without what differs from call to call. */
async function answerTo(query: string, variables: object = {}): Promise<string> {
  const { status, answer } = await post(gateway.url, { query, variables });
  const { hops, ...extensions } = (answer.extensions ?? {}) as Record<string, unknown>;
  return JSON.stringify({ status, ...answer, extensions });
}

async function eventsOf(query: string): Promise<string> {
  const client = openClient(gateway.url);
  const { results, ended } = read(client, { query });
  const ending = await ended;
  await client.dispose();
  return JSON.stringify({ results, ending });
}

const QUERIES = [
  '{ ALIAS: item(id: "1") { title weight } }',
  '{ ALIAS: __schema { queryType { name } } item(id: "1") { weight } }',
  '{ item(id: "1") { ALIAS: title weight } }',
  '{ item(id: "1") { weight ALIAS: title } }',
  '{ item(id: "1") { ALIAS: weight cost(times: 2) } }',
  '{ item(id: "1") { ALIAS: owner { note greeting } weight } }',
  '{ item(id: "1") { ALIAS: price(in: "USD") cost(times: 2) } }',
  '{ item(id: "1") { size { ALIAS: label } cost(times: 2) } }',
  '{ item(id: "1") { owner { ALIAS: note greeting } } }',
  '{ item(id: "1") { owner { place { ALIAS: street } greeting } } }',
  '{ item(id: "1") { ALIAS: __typename weight } }',
  '{ things { ALIAS: title ... on Item { weight owner { ALIAS: note greeting } } ... on Bundle { weight } } }',
  '{ things { ... on Item { ALIAS: title weight } ... on Bundle { ALIAS: title weight items { ALIAS: title cost(times: 1) } } } }',
  'query A { things { ...T } } fragment T on Thing { ALIAS: title ... on Bundle { items { ...I } } } fragment I on Item { weight ALIAS: title }',
  'query ($on: Boolean! = true) { item(id: "1") { ALIAS: title @include(if: $on) weight @skip(if: $on) cost(times: 1) } }',
  'mutation { ALIAS: rename(id: "1", title: "new") { ALIAS: title weight } }',
  '{ item(id: "1") { ALIAS: lost weight } }',
  '{ things { ... on Item { ALIAS: owner { note } weight lost } } }',
  '{ item(id: "gone") { title ALIAS: weight } }',
];

describe.each(RESERVED)('an alias %s is answered as any other', (alias) => {
  it.each(QUERIES)('in %s', async (template) => {
    const expected = (await answerTo(template.replaceAll('ALIAS', NEUTRAL))).replaceAll(NEUTRAL, alias);
    expect(expected).toContain(`"${alias}"`);
    expect(await answerTo(template.replaceAll('ALIAS', alias))).toBe(expected);
  });

  it.each([
    'subscription { ALIAS: sold(times: 2) { number item { title } } }',
    'subscription { sold(times: 2) { ALIAS: number } }',
    'subscription { sold(times: 2) { ALIAS: number item { ALIAS: title cost(times: 3) owner { ALIAS: note greeting } } } }',
    'subscription { ALIAS: sold(times: 1) { item { ALIAS: lost weight } } }',
    'subscription { ALIAS: failing { number } }',
  ])('in the events of %s', async (template) => {
    const expected = (await eventsOf(template.replaceAll('ALIAS', NEUTRAL))).replaceAll(NEUTRAL, alias);
    expect(expected).toContain(`"${alias}"`);
    expect(await eventsOf(template.replaceAll('ALIAS', alias))).toBe(expected);
  });
});

describe('names that are not aliases', () => {
  it('a field with other arguments than a requirement has keeps its own value beside it', async () => {
    const { answer } = await post(gateway.url, { query: '{ item(id: "1") { price(in: "USD") cost(times: 2) } }' });
    expect(answer).toMatchObject({ data: { item: { price: 8, cost: '2 * 3 * 7' } } });
  });

  it.each([
    ['{ echo(texts: $NAME) }', { echo: ['a', 'a', 'b'] }],
    ['{ item(id: "1") { owner { repeat(texts: $NAME) } } }', { item: { owner: { repeat: ['a', 'a', 'b'] } } }],
  ])('a variable of the name that entities are asked for with means what it says, in %s', async (selection, data) => {
    const query = `query ($NAME: [String!]!) ${selection}`.replaceAll('NAME', 'representations');
    const { answer } = await post(gateway.url, { query, variables: { representations: ['a', 'a', 'b'] } });
    expect(answer).toMatchObject({ data });
  });
});

describe('a document', () => {
  const reserved = readReservedNames(parse(composeShop()));

  it('is left alone when none of its names means something else', () => {
    expect([...RESERVED].filter((name) => !reserved.has(name))).toEqual([]);
    for (const text of [
      '{ item(id: "1") { id __typename other: title id: id size { width } weight } }',
      'query ($texts: [String!]!) { echo(texts: $texts) }',
    ])
      expect(renameReserved(parse(text), text, reserved)).toBeUndefined();
  });

  it('gets names that it has nowhere', () => {
    const text = '{ asked0__: item(id: "asked0___") { id: title name: title } }';
    const renamed = renameReserved(parse(text), text, reserved);
    expect(print(renamed?.document ?? parse('{ none }')).replaceAll(/\s+/g, ' ')).toBe(
      '{ asked0__: item(id: "asked0___") { asked0____: title asked1__: title } }',
    );
    expect(renamed?.data({ asked0__: { asked0____: 'one', asked1__: 'two' } })).toEqual({
      asked0__: { id: 'one', name: 'two' },
    });
  });
});
