import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';

import type { TurnPlace } from '../routing/route.ts';
import type { RowRange } from '../windowed/place-rows.ts';
import { useWindowed } from '../windowed/use-windowed.ts';
import { AnswerAnnouncer } from './answer-announcer.tsx';
import { isRunning, type ShownTurn, shownAnswer } from './conversation-state.ts';
import { HistoryNote } from './history-note.tsx';
import { ModelPicker, useModelChoice } from './model-picker.tsx';
import { QuestionForm, typeQuestion } from './question-form.tsx';
import { type TurnActions, TurnView } from './turn-view.tsx';
import type { Conversation } from './use-conversation.ts';

interface Props {
  readonly sessionId: string;
  readonly conversation: Conversation;
  readonly isEmpty: boolean;
  /** Where in the conversation its reader wants to be; null for its end. */
  readonly at: TurnPlace | null;
  readonly selected: ShownTurn | null;
  readonly onSelect: (turn: ShownTurn) => void;
  readonly onCite: (turn: ShownTurn, number: number) => void;
  /** @param model null for the platform's default */
  readonly onAsk: (prompt: string, model: string | null) => void;
}

const ESTIMATED_TURN_PIXELS = 260;
/** So near the first turn that is here, those before it are read. */
const TURNS_LEFT_ABOVE = 5;

/** The conversation and the place to go on with it; scrolls along while the reader is at its end. */
export function ConversationView(props: Props): ReactNode {
  const { sessionId, conversation, isEmpty, at, selected, onSelect, onCite, onAsk } = props;
  const { turns, history, loadOlder } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  const [model, chooseModel] = useModelChoice();
  const keys = useMemo(() => turns.map(({ key }) => key), [turns]);
  const mayRead = history.phase === 'loaded' && history.older === 'idle' && history.before !== null;
  const onNear = useCallback(
    ({ from }: RowRange) => {
      if (mayRead && from < TURNS_LEFT_ABOVE) loadOlder();
    },
    [mayRead, loadOlder],
  );
  const list = useWindowed<HTMLDivElement>({ keys, estimatedPixels: ESTIMATED_TURN_PIXELS, followsEnd: true, onNear });
  const { show, follow } = list;
  const last = turns.at(-1);
  const lastAnswer = last === undefined ? null : shownAnswer(last);

  const sought = at === null ? undefined : turns.find(({ index }) => index === at.turn);
  useEffect(() => {
    if (mayRead && at !== null && sought === undefined) loadOlder('seeking');
  }, [mayRead, at, sought, loadOlder]);

  const { askAgain, choose, cancel } = conversation;
  const shown = useRef<TurnPlace | null>(null);
  useEffect(() => {
    if (at === null || sought === undefined || shown.current === at) return;
    shown.current = at;
    show(sought.key);
    choose(sought, at.answer);
  }, [at, sought, show, choose]);

  const actions = useMemo<TurnActions>(
    () => ({
      select: onSelect,
      cite: onCite,
      edit: ({ prompt }) => field.current !== null && typeQuestion(field.current, prompt),
      askAgain: (turn) => askAgain(turn, model),
      choose,
      cancel: (answer) => {
        // The button that was used goes with what it stopped.
        field.current?.focus();
        cancel(answer);
      },
    }),
    [onSelect, onCite, askAgain, choose, cancel, model],
  );

  return (
    <section className="conversation" aria-label="Conversation">
      <HistoryNote
        conversation={conversation}
        isEmpty={isEmpty}
        sought={at?.turn ?? null}
        found={sought !== undefined}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no pointer. */}
      <div className="log" role="log" aria-live="off" aria-label="Answers" tabIndex={0} ref={list.scrolling}>
        <div className="rows" style={{ height: list.totalPixels }}>
          {list.rows.map(({ index, key, topPixels }) => {
            const turn = turns[index];
            if (turn === undefined) return null;
            return (
              <div key={key} className="row" data-key={key} ref={list.ref(key)} style={{ top: topPixels }}>
                <TurnView turn={turn} selected={turn.key === selected?.key} actions={actions} />
              </div>
            );
          })}
        </div>
      </div>
      <AnswerAnnouncer answer={lastAnswer} />
      <QuestionForm
        key={sessionId}
        sessionId={sessionId}
        field={field}
        busy={lastAnswer !== null && isRunning(lastAnswer)}
        onAsk={(prompt) => {
          onAsk(prompt, model);
          follow();
        }}
      >
        <ModelPicker chosen={model} onChoose={chooseModel} />
      </QuestionForm>
    </section>
  );
}
