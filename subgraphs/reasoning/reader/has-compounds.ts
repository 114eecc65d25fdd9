/** What most questions in German have and few in other languages; two of them make a question German. */
const GERMAN = new Set(
  (
    'der das dem den ein eine einen einem einer eines ist sind wird werden wurde kann darf muss soll sollte wie wo wann warum wieso weshalb wer wem wen ' +
    'welche welcher welches welchen welchem wessen nicht nichts kein keine keinen ich wir und oder aber wenn falls sich für auf aus bei beim vom zum zur von nach über ' +
    'unter durch ohne gegen viele viel lange oft'
  ).split(' '),
);
const WORD = /\p{L}+/gu;
const MOST_READ = 1_000;

/** Whether a question is in a language that writes what is called one thing as one word. */
export function hasCompounds(question: string): boolean {
  const found = new Set(
    (question.slice(0, MOST_READ).toLowerCase().match(WORD) ?? []).filter((word) => GERMAN.has(word)),
  );
  return found.size >= 2;
}
