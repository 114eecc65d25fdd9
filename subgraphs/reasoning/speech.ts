import type { Ending, Spoken } from './events/event-log.ts';
import { NO_USAGE, type Timings, type Usage } from './generation.ts';
import type { CompletionEvent, Quoted } from './model/language-model.ts';

/** What has become known of an answer on its way. A value: each event of the model leads from one to the next. */
export interface Speech {
  readonly text: string;
  readonly usage: Usage;
  readonly timings: Timings;
  /** What the last event has added to the text, with all tokens since the addition before; null when it has added none. */
  readonly spoken: Spoken | null;
  /** Blanks that wait for what follows, so that no answer begins or ends with them. */
  readonly withheld: string;
  /** Tokens without visible text since the last addition. */
  readonly silentTokens: number;
  /** Null until the model has completed it. */
  readonly ending: Ending | null;
  /** Null until it is whole, and of what no engine quotes. */
  readonly quoted: Quoted | null;
}

/** Before the model says anything. */
export function silence(timings: Timings): Speech {
  return {
    text: '',
    usage: NO_USAGE,
    timings,
    spoken: null,
    withheld: '',
    silentTokens: 0,
    ending: null,
    quoted: null,
  };
}

/** @param sinceArrivalMs How long ago the question came. */
export function hear(speech: Speech, event: CompletionEvent, sinceArrivalMs: number): Speech {
  const { usage, timings } = speech;
  switch (event.type) {
    case 'prompt-ready': {
      const { promptTokens, cachedTokens, queuedMs, prefillMs } = event;
      return {
        ...speech,
        spoken: null,
        usage: { ...usage, promptTokens, cachedTokens },
        timings: { ...timings, queuedMs, prefillMs },
      };
    }
    case 'text-delta':
      return hearText(speech, event, sinceArrivalMs);
    case 'completed': {
      const { reason, outputTokens, decodeMs, prompt = {}, quoted = null } = event;
      const tokensPerSecond = decodeMs > 0 ? (outputTokens / decodeMs) * 1_000 : null;
      return {
        ...speech,
        spoken: null,
        usage: { ...usage, ...prompt, outputTokens },
        timings: { ...timings, decodeMs, tokensPerSecond },
        ending: { type: 'completed', reason },
        quoted,
      };
    }
  }
}

/** No session takes a text with lone surrogates or NUL characters: U+FFFD stands for each. */
function recordable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function hearText(
  speech: Speech,
  event: Extract<CompletionEvent, { readonly type: 'text-delta' }>,
  sinceArrivalMs: number,
): Speech {
  const usage = { ...speech.usage, outputTokens: speech.usage.outputTokens + event.tokens };
  const tokens = speech.silentTokens + event.tokens;
  const said = speech.withheld + recordable(event.text);
  const visible = said.trimEnd();
  const withheld = said.slice(visible.length);
  const text = speech.text === '' ? visible.trimStart() : visible;
  if (text === '') return { ...speech, usage, withheld, silentTokens: tokens, spoken: null };
  const firstTokenMs = speech.timings.firstTokenMs ?? sinceArrivalMs;
  return {
    ...speech,
    usage,
    withheld,
    silentTokens: 0,
    text: speech.text + text,
    spoken: { text, tokens },
    timings: { ...speech.timings, firstTokenMs },
  };
}
