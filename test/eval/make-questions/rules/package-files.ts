import type { Fact, PackageDocument } from '../fact.ts';

/** What a package.json says of the Node.js it needs, where that is one oldest version, and of its licence. */
export function packageFileFacts(document: PackageDocument): Fact[] {
  if (!document.path.endsWith('package.json')) return [];
  const subject = document.packageName;
  const facts: Fact[] = [];
  const engines = /"engines"\s*:\s*\{[^{}]*\}/.exec(document.text)?.[0];
  const oldest = /"node"\s*:\s*"(>= ?v?\d+(?:\.\d+){0,2})"/.exec(engines ?? '')?.[1];
  if (engines !== undefined && oldest !== undefined)
    facts.push({ kind: 'node', document, subject, answer: oldest, passage: engines });
  const licence = /"license"\s*:\s*"([A-Za-z0-9.\- ()]+)"/.exec(document.text);
  if (licence?.[1] !== undefined)
    facts.push({ kind: 'licence', document, subject, answer: licence[1], passage: licence[0] });
  return facts;
}
