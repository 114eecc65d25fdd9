import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeSupergraph } from './compose.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n';

describe('composeSupergraph', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compose-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function project(schemas: Record<string, string>): Promise<string> {
    const lines = ['federation_version: =2.14.4', 'subgraphs:'];
    for (const [name, sdl] of Object.entries(schemas)) {
      await writeFile(join(folder, `${name}.graphql`), LINK + sdl);
      lines.push(
        `  ${name}:`,
        `    routing_url: http://${name}.test/graphql`,
        '    schema:',
        `      file: ./${name}.graphql`,
      );
    }
    await writeFile(join(folder, 'rover.yaml'), lines.join('\n'));
    return join(folder, 'rover.yaml');
  }

  it('gives the same bytes whatever the order of the subgraphs', async () => {
    const a = 'type Query { a: A } type A @key(fields: "id") { id: ID! }';
    const b = 'type A @key(fields: "id") { id: ID! title: String }';
    const first = await composeSupergraph(await project({ one: a, two: b }));
    const second = await composeSupergraph(await project({ two: b, one: a }));
    expect(first.supergraphSdl).toContain('http://one.test/graphql');
    expect(second.supergraphSdl).toBe(first.supergraphSdl);
  });

  it('names code, file, line and column of a composition error', async () => {
    const rover = await project({
      one: 'type Query { a: Int @shareable }',
      two: 'type Query {\n  a: String @shareable\n}',
    });
    const { faults, supergraphSdl } = await composeSupergraph(rover);
    expect(supergraphSdl).toBeUndefined();
    expect(faults?.[0]?.code).toBe('FIELD_TYPE_MISMATCH');
    expect(faults?.[0]?.place).toMatch(/(one|two)\.graphql:\d+:\d+$/);
  });

  it('names file and line of a syntax error', async () => {
    const { faults } = await composeSupergraph(await project({ one: 'type Query {\n  a Int }' }));
    expect(faults?.[0]?.place).toMatch(/one\.graphql:3:\d+$/);
  });

  it('reports a configuration without subgraphs and a missing schema file', async () => {
    await writeFile(join(folder, 'rover.yaml'), 'federation_version: 2\n');
    expect((await composeSupergraph(join(folder, 'rover.yaml'))).faults?.[0]?.code).toBe('ROVER_CONFIG_INVALID');
    const rover = await project({ one: 'type Query { a: Int }' });
    await rm(join(folder, 'one.graphql'));
    expect((await composeSupergraph(rover)).faults?.[0]?.message).toContain('one.graphql');
  });
});
