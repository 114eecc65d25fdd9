import { type ReactNode, useMemo } from 'react';
import { isRunning, type ShownAnswer } from '../conversation/conversation-state.ts';
import { Dialog } from '../dialog.tsx';
import type { LogReader } from './load-neighbours.ts';
import { citedBy, type Reference } from './reference.ts';
import { ReferenceDialog } from './reference-dialog.tsx';

interface Props {
  readonly answer: ShownAnswer;
  readonly number: number;
  readonly log: LogReader;
  readonly onOpen: (reference: Reference) => void;
  readonly onClose: () => void;
}

/** Where an address of a citation leads: the sentence that it cites, or word that there is none. */
export function CitationPlace({ answer, number, log, onOpen, onClose }: Props): ReactNode {
  const { citations, seen } = answer;
  const reference = useMemo(() => {
    const citation = citations.find((one) => one.number === number);
    return citation === undefined ? null : citedBy(seen.text, citation);
  }, [citations, seen.text, number]);
  if (reference !== null) {
    return <ReferenceDialog reference={reference} log={log} onOpen={onOpen} onClose={onClose} />;
  }
  // They come with the end of the answer.
  if (isRunning(answer)) return null;
  return (
    <Dialog name="No such citation" onClose={onClose}>
      <p className="dialog-body">This answer has no citation {number} that can be read.</p>
    </Dialog>
  );
}
