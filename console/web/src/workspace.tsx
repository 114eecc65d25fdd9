import type { SessionFieldsFragment } from '@supercontext/client';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useClient } from './connection/connection-context.ts';
import { ContextMap } from './context-map/context-map.tsx';
import { useReport } from './context-map/use-report.ts';
import { isRunning, type ShownAnswer, type ShownTurn, shownAnswer } from './conversation/conversation-state.ts';
import { ConversationView } from './conversation/conversation-view.tsx';
import { useConversation } from './conversation/use-conversation.ts';
import { Dialog } from './dialog.tsx';
import { HopWaterfall } from './hops/hop-waterfall.tsx';
import { CitationPlace } from './references/citation-place.tsx';
import { LogReader } from './references/load-neighbours.ts';
import type { Reference } from './references/reference.ts';
import { ReferenceDialog } from './references/reference-dialog.tsx';
import type { TurnPlace } from './routing/route.ts';
import { goTo, replaceBy } from './routing/use-route.ts';
import { SessionBar, type SessionFiles } from './sessions/session-bar.tsx';
import { useMedia, WITHOUT_ASIDE } from './use-media.ts';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly at: TurnPlace | null;
  readonly files: SessionFiles;
  readonly onChanged: () => void;
  readonly onErased: () => void;
}

/** One session: its conversation, and for the selected answer (the last one, until another is chosen) what it rests on. */
export function Workspace({ session, at, files, onChanged, onErased }: Props): ReactNode {
  const client = useClient();
  const conversation = useConversation(session.id, onChanged);
  const log = useMemo(() => new LogReader(client, session.id), [client, session.id]);
  const [reference, setReference] = useState<Reference | null>(null);
  const { turns, ask } = conversation;
  const selected = selectedAt(turns, at);
  const answer = selected === null ? null : shownAnswer(selected);
  const cited = citedAt(selected, at);
  const { select, cite } = usePlaces(session.id);

  return (
    <>
      <main className="main">
        <SessionBar session={session} files={files} onChanged={onChanged} onErased={onErased}>
          <AsideButton answer={answer} onOpen={setReference} />
        </SessionBar>
        <ConversationView
          sessionId={session.id}
          conversation={conversation}
          isEmpty={session.revision === 0}
          at={at}
          selected={selected}
          onSelect={select}
          onCite={cite}
          onAsk={(prompt, model) => {
            // A choice lasts until the next question.
            if (at !== null) replaceBy({ place: 'session', sessionId: session.id, at: null });
            ask(prompt, model);
          }}
        />
      </main>
      <Aside answer={answer} onOpen={setReference} />
      {at?.citation != null && cited !== null && (
        <CitationPlace
          answer={cited}
          number={at.citation}
          log={log}
          onOpen={setReference}
          onClose={() => replaceBy({ place: 'session', sessionId: session.id, at: { ...at, citation: null } })}
        />
      )}
      {reference !== null && (
        <ReferenceDialog reference={reference} log={log} onOpen={setReference} onClose={() => setReference(null)} />
      )}
    </>
  );
}

/** The turn that an address names; the last one where it names none, or one that is not here. */
function selectedAt(turns: readonly ShownTurn[], at: TurnPlace | null): ShownTurn | null {
  return turns.find(({ index }) => index !== null && index === at?.turn) ?? turns.at(-1) ?? null;
}

/** The answer whose citation an address names, null where it names none, or one that is not here. */
function citedAt(selected: ShownTurn | null, at: TurnPlace | null): ShownAnswer | null {
  if (selected === null || at === null || at.citation === null || selected.index !== at.turn) return null;
  return (at.answer === null ? null : selected.answers[at.answer]) ?? shownAnswer(selected);
}

/** The ways to a turn, and to a citation of its answer. */
function usePlaces(sessionId: string) {
  const goToTurn = useCallback(
    ({ index, chosen }: ShownTurn, citation: number | null) => {
      if (index !== null) goTo({ place: 'session', sessionId, at: { turn: index, answer: chosen, citation } });
    },
    [sessionId],
  );
  return { select: useCallback((turn: ShownTurn) => goToTurn(turn, null), [goToTurn]), cite: goToTurn };
}

interface RestsOnProps {
  readonly answer: ShownAnswer | null;
  readonly onOpen: (reference: Reference) => void;
}

/** Beside the conversation, where there is room. */
function Aside(props: RestsOnProps): ReactNode {
  return useMedia(WITHOUT_ASIDE) ? null : (
    <aside className="aside" aria-label="What the answer rests on">
      <RestsOn {...props} />
    </aside>
  );
}

/** Where there is none, the same in a dialog. */
function AsideButton(props: RestsOnProps): ReactNode {
  const [open, setOpen] = useState(false);
  if (!useMedia(WITHOUT_ASIDE)) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Context
      </button>
      {open && (
        <Dialog name="What the answer rests on" shape="right" onClose={() => setOpen(false)}>
          <div className="dialog-body">
            <RestsOn {...props} />
          </div>
        </Dialog>
      )}
    </>
  );
}

function RestsOn({ answer, onOpen }: RestsOnProps): ReactNode {
  const running = answer !== null && isRunning(answer);
  const [report, retry] = useReport(answer?.seen.report ?? null, running ? null : (answer?.seen.generationId ?? null));
  return (
    <>
      <HopWaterfall hops={report.phase === 'loaded' ? (report.value?.hops ?? []) : []} />
      <ContextMap report={report} running={running} onRetry={retry} onOpen={onOpen} />
    </>
  );
}
