type Json = Record<string, unknown>;

export interface DistinctRepresentations {
  readonly variables: Json;
  /** Spreads the entities of the answer back over all representations, in their order. */
  restore(data: Json): void;
}

/**
 * Sends identical entity representations once. Returns undefined when all are distinct already.
 * Copies are handed out for repetitions, since the executor merges further answers into each entity in place.
 */
export function distinctRepresentations(variables: Json | undefined): DistinctRepresentations | undefined {
  const representations = variables?.representations;
  if (!Array.isArray(representations) || representations.length < 2) return undefined;
  const places = new Map<string, number>();
  const distinct: unknown[] = [];
  const order = representations.map((representation: unknown) => {
    const key = JSON.stringify(representation);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, distinct.length);
    distinct.push(representation);
    return distinct.length - 1;
  });
  if (distinct.length === representations.length) return undefined;
  return {
    variables: { ...variables, representations: distinct },
    restore: (data) => {
      const entities = data._entities;
      if (!Array.isArray(entities)) return;
      const used = new Set<number>();
      data._entities = order.map((place) => {
        if (used.has(place)) return copy(entities[place]);
        used.add(place);
        return entities[place];
      });
    },
  };
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const result: Json = {};
  for (const key in value) result[key] = copy((value as Json)[key]);
  return result;
}
