import { type GraphClient, ModelsDocument, type ModelsQuery } from '@supercontext/client';
import { formatBytes, formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';
import { oneLine } from './plain-text.ts';
import { UsageFault } from './usage-fault.ts';

type Model = ModelsQuery['models'][number];

const NEEDS: Readonly<Record<NonNullable<Model['needs']>, string>> = {
  WEIGHTS: 'needs its weights: npm run setup',
  KEY: 'needs a key: SUPERCONTEXT_MODEL_KEY',
  SERVER: 'its server does not answer',
};

/**
 * Prints the models of the platform, a line each; as JSON an object a line.
 * @param chosen the one this command asks for, null for the platform's own default
 * @throws GraphRequestError
 */
export async function listModels(
  client: GraphClient,
  output: Output,
  { chosen, json }: { readonly chosen: string | null; readonly json: boolean },
): Promise<void> {
  const { models } = await client.query(ModelsDocument, {});
  const asked = chosen ?? models[0]?.id;
  for (const model of models) {
    if (json) output.line(JSON.stringify({ ...fieldsOf(model), asked: model.id === asked }));
    else output.line(lineOf(model, model.id === asked, output));
  }
  if (chosen !== null && models.every(({ id }) => id !== chosen)) {
    output.note(`${oneLine(chosen)} was chosen, and is not there: supercontext models use ID`);
  }
}

/** The model of this id as the platform lists it. @throws UsageFault, GraphRequestError */
export async function findModel(client: GraphClient, id: string): Promise<Model> {
  const { models } = await client.query(ModelsDocument, {});
  const model = models.find((one) => one.id === id);
  if (model !== undefined) return model;
  throw new UsageFault(`there is no model ${id}; there are ${models.map((one) => one.id).join(', ')}`);
}

/** What a model lacks, in words; null when nothing. */
export function needOf({ needs }: Model): string | null {
  return needs === null ? null : NEEDS[needs];
}

function fieldsOf({ id, name, engine, provider, server, sizeBytes, contextTokens, small, needs }: Model): object {
  return { id, name, engine, provider, server, sizeBytes, contextTokens, small, needs };
}

function lineOf(model: Model, isAsked: boolean, output: Output): string {
  const { id, server, provider, sizeBytes, contextTokens, small } = model;
  const need = needOf(model);
  const facts = [
    small ? 'small: states wrong things, too' : null,
    `window ${formatCount(contextTokens)} tokens`,
    sizeBytes === null ? null : formatBytes(sizeBytes),
    server === null ? `this platform, ${provider}` : `server ${server}`,
  ];
  const told = output.paint('dim', facts.filter((fact) => fact !== null).join(', '));
  const line = `${isAsked ? '*' : ' '} ${oneLine(id).padEnd(28)}  ${told}`;
  return need === null ? line : `${line}  ${output.paint('yellow', need)}`;
}
