import type { Place } from '@supercontext/text/table-rows.ts';
import { splitUnits, type Unit, withWholeRows } from '@supercontext/text/units.ts';
import { isConfiguration, settingEntries, withoutCommentMarks } from './configuration.ts';
import { htmlAsText, isHtml } from './html-as-text.ts';
import { isManualPage, readManualPage } from './manual-page.ts';
import { hasSettingLines, readSettingLines } from './setting-lines.ts';
import type { SourceUnit } from './source-unit.ts';
import { joinWrapped } from './wrapped-prose.ts';

/** A passage as it is read. */
export interface Source {
  /** Of the same length, everything that is read at its own place. */
  readonly text: string;
  readonly units: readonly SourceUnit[];
}

const MAXIMUM_UNDER_LENGTH = 300;
/** What is said above more settings is said of none of them by itself. */
const MOST_TOLD_OF = 3;

const EXAMPLE = /^\s*#\s/;

/** Takes a passage apart as what it is: a page of HTML, a file of settings, or a text, with Markdown or without. Linear. */
export function sourceUnits(passage: string): Source {
  if (isHtml(passage)) {
    const text = htmlAsText(passage);
    return { text, units: withWholeRows(splitUnits(text)) };
  }
  if (isManualPage(passage)) return { text: passage, units: readManualPage(passage) };
  if (isConfiguration(passage)) return readConfiguration(passage);
  if (hasSettingLines(passage)) return { text: passage, units: readSettingLines(passage) };
  return { text: passage, units: joinWrapped(passage, withWholeRows(splitUnits(passage))) };
}

function readConfiguration(passage: string): Source {
  const text = withoutCommentMarks(passage);
  const units: SourceUnit[] = [];
  let block = 0;
  for (const { comments, settings } of settingEntries(passage)) {
    const said = comments.flatMap((place) => unitsAt(text, place));
    const [first] = said;
    const told = said.map(({ from, to }) => text.slice(from, to).replaceAll(/\s+/g, ' ')).join(' ');
    const subject = settings.length > MOST_TOLD_OF ? '' : settings.map((place) => inOneLine(passage, place)).join(' ');
    const own = [
      ...said.map((unit) => ({ ...unit, block: block + unit.block, under: subject.slice(0, MAXIMUM_UNDER_LENGTH) })),
      ...settings.map(
        (place): SourceUnit => ({
          ...place,
          kind: 'code',
          block,
          row: null,
          saidOfSetting: settings.length > MOST_TOLD_OF ? null : (first ?? null),
          isExample: EXAMPLE.test(passage.slice(place.from, place.to)),
          under: told.slice(0, MAXIMUM_UNDER_LENGTH),
        }),
      ),
    ];
    block += 1 + Math.max(0, ...said.map((unit) => unit.block));
    for (const [at, unit] of own.sort((one, other) => one.from - other.from).entries())
      units.push({ ...unit, isNewPart: at === 0 });
  }
  return { text, units };
}

function unitsAt(text: string, { from, to }: Place): Unit[] {
  return joinWrapped(text.slice(from, to), splitUnits(text.slice(from, to))).map((unit) => ({
    ...unit,
    from: unit.from + from,
    to: unit.to + from,
    row: null,
    kind: unit.kind === 'row' || unit.kind === 'heading' ? 'prose' : unit.kind,
  }));
}

function inOneLine(text: string, { from, to }: Place): string {
  return text
    .slice(from, to)
    .replaceAll(/\s+/g, ' ')
    .replace(/^#+\s*/, '');
}
