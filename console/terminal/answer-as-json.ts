import type { SeenAnswer } from '@supercontext/client';

/** An answer, what it rests on and what it cost, on one line. */
export function answerAsJson({ generationId, text, phase, report }: SeenAnswer): string {
  return JSON.stringify({
    generationId,
    status: phase,
    text,
    certainty: report?.certainty ?? null,
    model: report?.model.id ?? null,
    citations: (report?.citations ?? []).map(({ number, text: quoted, fragment, summary }) => ({
      number,
      text: quoted,
      source: fragment?.source.name ?? null,
      summary: summary === null || summary === undefined ? null : { from: summary.from, through: summary.through },
    })),
    usage: report?.usage ?? null,
    timings: report?.timings ?? null,
  });
}
