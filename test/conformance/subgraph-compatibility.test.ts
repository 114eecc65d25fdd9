import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { Trace } from '@apollo/usage-reporting-protobuf';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import type { Running } from '@supercontext/runtime/process/run-main.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { parse, stripIgnoredCharacters } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../../gateway/config.ts';
import { SIGNING_KEY } from '../../gateway/fixtures/subgraphs.ts';
import { startGateway } from '../../gateway/start-gateway.ts';
import { INVENTORY_SDL, inventoryResolvers, USERS_SDL, usersResolvers } from './subgraph-compatibility/neighbours.ts';
import { PRODUCTS_SDL, productsResolvers } from './subgraph-compatibility/products.ts';

const folder = mkdtempSync(join(tmpdir(), 'subgraph-compatibility-'));
const log = createLog({ name: 'products', version: 'test' }, 'silent');
const running: RunningSubgraph[] = [];
let gateway: Running;
let products: string;
let sdl: string;

async function start(
  name: string,
  typeDefs: string,
  resolvers: object,
): Promise<{ name: string; url: string; sdl: string }> {
  const subgraph = await startSubgraph({
    ...{ typeDefs, resolvers, log },
    stage: { name, version: '1.0.0' },
    host: '127.0.0.1',
    port: 0,
    // The suite signs nothing.
    signingKey: null,
    context: (base) => base,
  });
  running.push(subgraph);
  const { data } = await ask(subgraph.url, '{ _service { sdl } }');
  return { name, url: subgraph.url, sdl: (data as { _service: { sdl: string } })._service.sdl };
}

beforeAll(async () => {
  const services = await Promise.all([
    start('products', PRODUCTS_SDL, productsResolvers),
    start('users', USERS_SDL, usersResolvers),
    start('inventory', INVENTORY_SDL, inventoryResolvers),
  ]);
  const composed = composeServices(services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  expect(composed.errors).toBeUndefined();
  const supergraphPath = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphPath, composed.supergraphSdl ?? '');
  const config = gatewayConfig({ SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY, SUPERCONTEXT_GATEWAY_PORT: '0' });
  gateway = await startGateway({ ...config, supergraphPath, documentsPath: join(folder, 'none.json') }, log);
  products = services[0]?.url ?? '';
  sdl = stripIgnoredCharacters(services[0]?.sdl ?? '');
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all(running.map((subgraph) => subgraph.stop()));
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The one header that our subgraphs want of every caller, beside the signature. */
const CONTRACT = { [CONTRACT_HEADER]: String(CONTRACT_VERSION) };

async function ask(url: string, query: string, variables: object = {}, headers: object = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...CONTRACT, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** The answer of a subgraph without errors. */
async function dataOf(url: string, query: string, variables: object = {}): Promise<unknown> {
  const { data, errors } = await ask(url, query, variables);
  expect(errors).toBeUndefined();
  return data;
}

function entities(selection: string, ...representations: object[]): Promise<unknown> {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
  return dataOf(products, query, { representations });
}

const productOf = (url: string, selection: string): Promise<unknown> =>
  dataOf(url, `query ($id: ID!) { product(id: $id) { ${selection} } }`, { id: 'apollo-federation' });

const EMAIL = 'support@apollographql.com';

describe('_service', () => {
  it('gives the schema, types and fields as they were declared', () => {
    for (const part of [
      'type Query{',
      'product(id:ID!):Product',
      'deprecatedProduct(sku:String!package:String!):DeprecatedProduct@deprecated',
      'research:[ProductResearch!]!',
      'createdBy:User',
      'study:CaseStudy!',
      'caseNumber:ID!',
      'weight:Float',
      'yearsOfEmployment:Int!@external',
    ]) {
      expect(sdl).toContain(part);
    }
  });
});

describe('@key', () => {
  it('of one field', async () => {
    expect(sdl).toMatch(/type User(@extends)?@key\(fields:"email"\)/);
    const found = await entities('... on User { email name }', { __typename: 'User', email: EMAIL });
    expect(found).toEqual({ _entities: [{ email: EMAIL, name: 'Jane Smith' }] });
  });

  it('of several fields', async () => {
    expect(sdl).toContain('type DeprecatedProduct@key(fields:"sku package")');
    const key = { sku: 'apollo-federation-v1', package: '@apollo/federation-v1' };
    const found = await entities('... on DeprecatedProduct { sku package reason }', {
      __typename: 'DeprecatedProduct',
      ...key,
    });
    expect(found).toEqual({ _entities: [{ ...key, reason: 'Migrate to Federation V2' }] });
  });

  it('of an object', async () => {
    expect(sdl).toContain('type ProductResearch@key(fields:"study { caseNumber }")');
    const found = await entities('... on ProductResearch { study { caseNumber description } }', {
      __typename: 'ProductResearch',
      study: { caseNumber: '1234' },
    });
    expect(found).toEqual({ _entities: [{ study: { caseNumber: '1234', description: 'Federation Study' } }] });
  });

  it('several times', async () => {
    for (const fields of ['id', 'sku package', 'sku variation { id }']) {
      expect(sdl).toMatch(new RegExp(`type Product@[^{]*(?:\\{ id \\}[^{]*)?@key\\(fields:"${fields}"\\)`));
    }
    const found = await entities(
      '... on Product { id sku }',
      { __typename: 'Product', id: 'apollo-federation' },
      { __typename: 'Product', sku: 'federation', package: '@apollo/federation' },
      { __typename: 'Product', sku: 'studio', variation: { id: 'platform' } },
    );
    const federation = { id: 'apollo-federation', sku: 'federation' };
    expect(found).toEqual({ _entities: [federation, federation, { id: 'apollo-studio', sku: 'studio' }] });
  });
});

describe('what is asked of other subgraphs, and given in their place', () => {
  it('@requires', async () => {
    expect(sdl).toContain(
      'averageProductsCreatedPerYear:Int@requires(fields:"totalProductsCreated yearsOfEmployment")',
    );
    const average = await productOf(gateway.url, 'createdBy { averageProductsCreatedPerYear email }');
    expect(average).toEqual({ product: { createdBy: { averageProductsCreatedPerYear: 134, email: EMAIL } } });
    const delivery = await productOf(gateway.url, 'delivery { estimatedDelivery }');
    expect(delivery).toEqual({ product: { delivery: { estimatedDelivery: 'small, 1 kg: in a week' } } });
  });

  it('@provides', async () => {
    expect(sdl).toContain('createdBy:User@provides(fields:"totalProductsCreated")');
    const created = await productOf(products, 'createdBy { email totalProductsCreated }');
    expect(created).toEqual({ product: { createdBy: { email: EMAIL, totalProductsCreated: 1337 } } });
  });

  it('@shareable', async () => {
    expect(sdl).toContain('type ProductDimension@shareable');
    const size = await productOf(gateway.url, 'dimensions { size weight }');
    expect(size).toEqual({ product: { dimensions: { size: 'small', weight: 1 } } });
  });

  it('@override', async () => {
    expect(sdl).toContain('@override(from:"users")');
    expect(await productOf(gateway.url, 'createdBy { name }')).toEqual({
      product: { createdBy: { name: 'Jane Smith' } },
    });
  });

  it('@interfaceObject', async () => {
    expect(sdl).toMatch(/type Inventory(@interfaceObject|@key\(fields:"id"\)){2}/);
    const query = 'query ($id: ID!) { inventory(id: $id) { __typename deprecatedProducts { sku reason } } }';
    expect(await dataOf(gateway.url, query, { id: 'apollo-oss' })).toEqual({
      inventory: {
        __typename: 'OpenSourceInventory',
        deprecatedProducts: [{ sku: 'apollo-federation-v1', reason: 'Migrate to Federation V2' }],
      },
    });
  });
});

describe('what the schema says of itself', () => {
  it('@link, of one version of federation', () => {
    const links = [...sdl.matchAll(/@link\(url:"https:\/\/specs\.apollo\.dev\/federation\/v([\d.]+)"/g)];
    expect(links.map(([, version]) => version)).toEqual(['2.3']);
  });

  it('@tag', () => {
    expect(sdl).toContain('notes:String@tag(name:"internal")');
  });

  it('@inaccessible, which hides a field from clients and not from callers of the subgraph', async () => {
    expect(sdl).toContain('unit:String@inaccessible');
    expect(await productOf(products, 'dimensions { unit }')).toEqual({ product: { dimensions: { unit: 'kg' } } });
    const { errors } = await ask(gateway.url, '{ product(id: "apollo-federation") { dimensions { unit } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('@composeDirective', () => {
    expect(sdl).toContain('@link(url:"https://myspecs.dev/myCustomDirective/v1.0" import:["@custom"])');
    expect(sdl).toContain('@composeDirective(name:"@custom")');
    expect(sdl).toContain('directive@custom on OBJECT');
    expect(sdl).toMatch(/type Product@custom/);
  });

  it('@authenticated, @requiresScopes and @policy, which composition takes over', async () => {
    const {
      name,
      url,
      sdl: guarded,
    } = await start(
      'guarded',
      `extend schema
        @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@authenticated", "@requiresScopes", "@policy"])
      type Query {
        mine: Int @authenticated
        scoped: Int @requiresScopes(scopes: [["read", "write"], ["admin"]])
        ruled: Int @policy(policies: [["owner"]])
      }`,
      { Query: { mine: () => 1 } },
    );
    const { supergraphSdl = '' } = composeServices([{ name, url, typeDefs: parse(guarded) }]);
    for (const text of [guarded, supergraphSdl].map(stripIgnoredCharacters)) {
      expect(text).toMatch(/mine:Int@\w*authenticated/);
      expect(text).toMatch(/scoped:Int@\w*requiresScopes\(scopes:\[\["read" "write"\]\["admin"\]\]\)/);
      expect(text).toMatch(/ruled:Int@\w*policy\(policies:\[\["owner"\]\]\)/);
    }
    expect(await dataOf(url, '{ mine }')).toEqual({ mine: 1 });
  });
});

describe('federated tracing', () => {
  it('answers with a trace in ftv1, and nothing else in its place', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1' };
    const answer = await ask(products, '{ __typename }', {}, headers);
    expect(answer).toEqual({ data: { __typename: 'Query' }, extensions: { ftv1: expect.any(String) } });
    expect(await ask(products, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  it('has what each field took', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1' };
    const { extensions } = await ask(products, '{ product(id: "apollo-studio") { number: id } }', {}, headers);
    const { root } = Trace.decode(Buffer.from(String(extensions?.ftv1), 'base64'));
    expect(root?.child).toMatchObject([
      { responseName: 'product', child: [{ responseName: 'number', originalFieldName: 'id', type: 'ID!' }] },
    ]);
  });
});
