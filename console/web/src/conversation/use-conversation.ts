import { CancelGenerationDocument, newIdempotencyKey } from '@supercontext/client';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError } from '../describe-error.ts';
import { advanceConversation, type RecordedTurn, type ShownAnswer, type ShownTurn } from './conversation-state.ts';
import { askedAgainEvents, askedEvents, followAnswer, recordedEvents } from './follow-answer.ts';
import { type HistoryReading, useHistory } from './use-history.ts';

export interface Conversation extends HistoryReading {
  readonly turns: readonly ShownTurn[];
  /** @param model null for the platform's default */
  readonly ask: (prompt: string, model: string | null) => void;
  /** Asks the question of a turn once more. */
  readonly askAgain: (turn: ShownTurn, model: string | null) => void;
  readonly cancel: (answer: ShownAnswer) => void;
  /** Shows another answer of a turn; null for the latest. */
  readonly choose: (turn: ShownTurn, answer: number | null) => void;
}

/** The conversation of one session: what was said before, what is asked here, and answers that run, as they stream. */
export function useConversation(sessionId: string, onAnswered: () => void): Conversation {
  const client = useClient();
  const [turns, dispatch] = useReducer(advanceConversation, []);
  const leaving = useRef(new AbortController());
  /** Answers of the record that run, and are being read: each once. */
  const followed = useRef(new Set<string>());

  const take = useCallback(
    (recorded: readonly RecordedTurn[]) => {
      dispatch({ type: 'loaded', turns: recorded, nowMs: performance.now() });
      for (const { id, status } of recorded.flatMap(({ generations }) => generations ?? [])) {
        if (status !== 'RUNNING' || followed.current.has(id)) continue;
        followed.current.add(id);
        const following = { key: id, signal: leaving.current.signal, dispatch };
        void followAnswer(recordedEvents(client, id, following), following).then(() => {
          followed.current.delete(id);
          onAnswered();
        });
      }
    },
    [client, onAnswered],
  );
  const reading = useHistory(sessionId, take);

  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);

  const ask = useCallback(
    (prompt: string, model: string | null) => {
      const following = { key: newIdempotencyKey(), signal: leaving.current.signal, dispatch };
      const { key } = following;
      dispatch({ type: 'asked', key, prompt, nowMs: performance.now() });
      const events = askedEvents(client, { sessionId, prompt, model, idempotencyKey: key }, following);
      void followAnswer(events, following).then(onAnswered);
    },
    [client, sessionId, onAnswered],
  );

  const askAgain = useCallback(
    ({ key: turnKey, id: turnId }: ShownTurn, model: string | null) => {
      if (turnId === null) return;
      const following = { key: newIdempotencyKey(), signal: leaving.current.signal, dispatch };
      const { key } = following;
      dispatch({ type: 'asked-again', turnKey, key, nowMs: performance.now() });
      const events = askedAgainEvents(client, { turnId, model, idempotencyKey: key }, following);
      void followAnswer(events, following).then(onAnswered);
    },
    [client, onAnswered],
  );

  const cancel = useCallback(
    ({ key, seen }: ShownAnswer) => {
      if (seen.generationId === null) return;
      client
        .mutate(CancelGenerationDocument, { input: { generationId: seen.generationId } })
        .catch((error: unknown) => dispatch({ type: 'failed', key, error: describeError(error) }));
    },
    [client],
  );

  const choose = useCallback(
    ({ key }: ShownTurn, answer: number | null) => dispatch({ type: 'chosen', turnKey: key, answer }),
    [],
  );

  return { ...reading, turns, ask, askAgain, cancel, choose };
}
