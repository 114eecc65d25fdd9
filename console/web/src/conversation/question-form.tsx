import { type FormEvent, type KeyboardEvent, type ReactNode, type RefObject, useState } from 'react';

interface Props {
  readonly sessionId: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly busy: boolean;
  /** Beside the button. */
  readonly children: ReactNode;
  readonly onAsk: (prompt: string) => void;
}

const LONGEST_QUESTION = 32_768;

/** What is typed and not yet asked, by session, while the page lives. */
const drafts = new Map<string, string>();

/** Where a question is typed; Enter asks, Shift and Enter begins a new line. */
export function QuestionForm({ sessionId, field, busy, children, onAsk }: Props): ReactNode {
  const [prompt, setPrompt] = useState(drafts.get(sessionId) ?? '');
  const question = prompt.trim();

  function change(typed: string): void {
    setPrompt(typed);
    if (typed === '') drafts.delete(sessionId);
    else drafts.set(sessionId, typed);
  }

  function ask(): void {
    if (question === '' || busy) return;
    onAsk(question);
    change('');
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    ask();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  }

  return (
    <form className="question-form" onSubmit={submit}>
      <textarea
        ref={field}
        aria-label="Question"
        placeholder="Ask this session…"
        rows={1}
        maxLength={LONGEST_QUESTION}
        value={prompt}
        onChange={(event) => change(event.target.value)}
        onKeyDown={pressed}
      />
      {children}
      {/* Not disabled, with which it would lose the focus when it has just been used. */}
      <button type="submit" className="button primary" aria-disabled={question === '' || busy}>
        Ask
      </button>
    </form>
  );
}

/** Puts a question into the field instead of what is there, as if it had been typed: undoing brings back what was there. */
export function typeQuestion(field: HTMLTextAreaElement, question: string): void {
  field.focus();
  field.select();
  document.execCommand('insertText', false, question);
}
