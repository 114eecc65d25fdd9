/** What the launcher asks of each model. */
export interface ToldModel {
  readonly id: string;
  readonly engine: string;
  readonly provider: string;
  readonly server: string | null;
  readonly needs: string | null;
}

/** Of one server; who wants to see more lists them. */
const MOST_NAMED = 4;

/**
 * What is told of the models at a start: which one answers, and which were found on servers that are asked nothing before one of
 * theirs is chosen, a line a server. @param models the default first; null when they cannot be listed
 */
export function modelLines(models: readonly ToldModel[] | null): {
  readonly standard: string;
  readonly offers: readonly string[];
} {
  if (models === null) return { standard: 'does not answer at the moment', offers: [] };
  const [first, ...others] = models;
  if (first === undefined) return { standard: 'none', offers: [] };
  const need = first.needs === null ? '' : `, which needs its ${first.needs.toLowerCase()}`;
  const found = others.filter(({ server, needs }) => server !== null && needs === null && server !== first.server);
  const offers = [...Map.groupBy(found, ({ server }) => server)].map(([server, ofIt]) => {
    const ids = ofIt.slice(0, MOST_NAMED).map(({ id }) => id);
    const more = ofIt.length > ids.length ? ` and ${ofIt.length - ids.length} more` : '';
    return `found at ${server}: ${ids.join(', ')}${more}; chosen by SUPERCONTEXT_MODEL=${ids[0]}, or for a question`;
  });
  return { standard: `${first.id} (${first.engine}, ${first.provider}${need})`, offers };
}
