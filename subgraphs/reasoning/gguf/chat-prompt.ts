import { randomUUID } from 'node:crypto';
import { modelInvalid } from './model-invalid.ts';
import { type ParsedTemplate, parseTemplate, renderTemplate } from './render-template.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One message of a chat, as chat templates know it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

const TRIAL: readonly TemplateMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello.' },
];

/** Lays messages out as the model was trained to read them. */
export class ChatPrompt {
  readonly #tokenizer: Tokenizer;
  readonly #template: ParsedTemplate;
  readonly #start: number | undefined;
  readonly #names: Readonly<Record<string, string>>;
  /** The template has no place for a system message: it goes before the first one of the user. */
  readonly #joinsSystem: boolean;

  /**
   * Throws `MODEL_INVALID` when the model has no chat template, or one that cannot be parsed, does not end, refuses every chat or
   * leaves out what is said.
   */
  constructor(vocabulary: Pick<Vocabulary, 'start' | 'ends' | 'tokens' | 'chatTemplate'>, tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#start = vocabulary.start;
    const end = vocabulary.ends[0];
    this.#names = {
      bos_token: vocabulary.start === undefined ? '' : (vocabulary.tokens[vocabulary.start] ?? ''),
      eos_token: end === undefined ? '' : (vocabulary.tokens[end] ?? ''),
    };
    if (vocabulary.chatTemplate === undefined) throw modelInvalid('it has no chat template');
    try {
      this.#template = parseTemplate(vocabulary.chatTemplate);
    } catch (error) {
      throw modelInvalid(`its chat template cannot be parsed: ${messageOf(error)}`);
    }
    this.#joinsSystem = !this.#shows(TRIAL, TRIAL);
    if (this.#joinsSystem && !this.#shows(joinSystem(TRIAL), TRIAL)) {
      throw modelInvalid('its chat template leaves out what a message says');
    }
  }

  /**
   * Token ids of the prompt, up to where the answer begins. Only the template's own special tokens become special: the
   * template is rendered with marks in place of the contents, and contents are encoded as plain text, so a document that
   * spells out a role's token stays a document. Text on both sides of a mark is encoded in one go, so ordinary content
   * gets the ids it would get in one string.
   */
  encode(given: readonly TemplateMessage[]): number[] {
    const messages = this.#joinsSystem ? joinSystem(given) : given;
    const mark = `\uE000${randomUUID()}:`;
    const rendered = this.#render(messages.map(({ role }, index) => ({ role, content: `${mark}${index}\uE001` })));
    const ids: number[] = [];
    let plain = '';
    const flush = (): void => {
      for (const id of this.#tokenizer.encode(plain)) ids.push(id);
      plain = '';
    };
    rendered.split(mark).forEach((part, index) => {
      let template = part;
      if (index > 0) {
        const end = part.indexOf('\uE001');
        plain += messages[Number(part.slice(0, end))]?.content ?? '';
        template = part.slice(end + 1);
      }
      for (const part of this.#tokenizer.splitSpecial(template)) {
        const special = this.#tokenizer.specialId(part);
        if (special === undefined) plain += part;
        else {
          flush();
          ids.push(special);
        }
      }
    });
    flush();
    if (this.#start !== undefined && ids[0] !== this.#start) ids.unshift(this.#start);
    return ids;
  }

  /** Whether the template takes the messages, and shows the contents of all of those. Throws what a last try throws. */
  #shows(messages: readonly TemplateMessage[], contents: readonly TemplateMessage[]): boolean {
    try {
      const rendered = this.#render(messages);
      return contents.every(({ content }) => rendered.includes(content));
    } catch (error) {
      if (messages.length === 1) throw error;
      return false;
    }
  }

  #render(messages: readonly TemplateMessage[]): string {
    try {
      return renderTemplate(this.#template, { messages, add_generation_prompt: true, ...this.#names });
    } catch (error) {
      throw modelInvalid(`its chat template fails: ${messageOf(error)}`);
    }
  }
}

function joinSystem(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const [first, ...rest] = messages.filter(({ role }) => role !== 'system');
  if (system.length === 0) return messages;
  const content = [...system, ...(first === undefined ? [] : [first.content])].join('\n\n');
  return [{ role: first?.role ?? 'user', content }, ...rest];
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.length > 200 ? `${message.slice(0, 200)}…` : message;
}
