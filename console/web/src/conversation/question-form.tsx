import { type FormEvent, type KeyboardEvent, type ReactNode, useState } from 'react';

interface Props {
  readonly busy: boolean;
  readonly onAsk: (prompt: string) => void;
}

const LONGEST_QUESTION = 32_768;

/** Where a question is typed; Enter asks, Shift and Enter begins a new line. */
export function QuestionForm({ busy, onAsk }: Props): ReactNode {
  const [prompt, setPrompt] = useState('');
  const question = prompt.trim();

  function ask(): void {
    if (question === '' || busy) return;
    onAsk(question);
    setPrompt('');
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
        aria-label="Question"
        placeholder="Ask this session…"
        rows={2}
        maxLength={LONGEST_QUESTION}
        value={prompt}
        onChange={(event) => setPrompt(event.target.value)}
        onKeyDown={pressed}
      />
      <button type="submit" className="button primary" disabled={question === '' || busy}>
        Ask
      </button>
    </form>
  );
}
