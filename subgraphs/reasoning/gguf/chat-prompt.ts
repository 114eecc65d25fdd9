import { randomUUID } from 'node:crypto';
import { Template } from '@huggingface/jinja';
import { modelInvalid } from './model-invalid.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One message of a chat, as chat templates know it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

/** Lays messages out as the model was trained to read them. */
export class ChatPrompt {
  readonly #tokenizer: Tokenizer;
  readonly #template: Template;
  readonly #start: number | undefined;
  readonly #names: Readonly<Record<string, string>>;

  /** Throws `MODEL_INVALID` when the model has no chat template or one that cannot be parsed. */
  constructor(vocabulary: Vocabulary, tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#start = vocabulary.start;
    const end = vocabulary.ends[0];
    this.#names = {
      bos_token: vocabulary.start === undefined ? '' : (vocabulary.tokens[vocabulary.start] ?? ''),
      eos_token: end === undefined ? '' : (vocabulary.tokens[end] ?? ''),
    };
    if (vocabulary.chatTemplate === undefined) throw modelInvalid('it has no chat template');
    try {
      this.#template = new Template(vocabulary.chatTemplate);
    } catch (error) {
      throw modelInvalid(`its chat template cannot be parsed: ${messageOf(error)}`);
    }
  }

  /**
   * Token ids of the prompt, up to where the answer begins. Only the template's own special tokens become special: the
   * template is rendered with marks in place of the contents, and contents are encoded as plain text, so a document that
   * spells out a role's token stays a document. Text on both sides of a mark is encoded in one go, so ordinary content
   * gets the ids it would get in one string.
   */
  encode(messages: readonly TemplateMessage[]): number[] {
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

  #render(messages: readonly TemplateMessage[]): string {
    try {
      return this.#template.render({ messages, add_generation_prompt: true, ...this.#names });
    } catch (error) {
      throw modelInvalid(`its chat template refuses the messages: ${messageOf(error)}`);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
