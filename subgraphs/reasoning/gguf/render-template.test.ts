import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { ChatPrompt } from './chat-prompt.ts';
import { parseTemplate, renderTemplate, TemplateTooLong } from './render-template.ts';
import { tinyLlama } from './tiny-llama.ts';
import { Tokenizer } from './tokenizer.ts';
import { readVocabulary } from './vocabulary.ts';

const render = (source: string, variables = {}): string => renderTemplate(parseTemplate(source), variables);

describe('a chat template', () => {
  test.each([
    ['a loop of loops', '{% for a in range(60000) %}{% for b in range(60000) %}{{ b }}{% endfor %}{% endfor %}'],
    ['an endless range', '{% for a in range(10 ** 12) %}x{% endfor %}{% for a in range(999999999999) %}x{% endfor %}'],
    ['a range without an end', '{% for a in range(1, 2, 0) %}x{% endfor %}'],
    ['a macro that calls itself', '{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}'],
    [
      'text that doubles',
      "{% set ns = namespace(t='x') %}{% for a in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}",
    ],
    [
      'text that is replaced by itself',
      "{% set ns = namespace(t='xx') %}{% for a in range(60) %}{% set ns.t = ns.t | replace('x', ns.t) %}{% endfor %}",
    ],
    [
      'a list that doubles',
      '{% set ns = namespace(l=[1]) %}{% for a in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}',
    ],
    ['an indent without end', "{{ 'x\\ny' | indent(999999999) }}"],
  ])('with %s ends with an error, in a moment', (_, source) => {
    expect(cpuMs(() => expect(() => render(source)).toThrow(), 1)).toBeLessThan(5_000);
  });

  test('says what it went beyond', () => {
    expect(() => render('{% for a in range(65536) %}{% for b in range(9) %}{% endfor %}{% endfor %}{{ a }}')).toThrow(
      TemplateTooLong,
    );
    expect(() => parseTemplate(' '.repeat(300_000))).toThrow(TemplateTooLong);
  });

  test('has the functions and constants that templates use', () => {
    expect(render('{% for a in range(2, 8, 3) %}{{ a }},{% endfor %}{{ none is none }}{{ True }}')).toBe(
      '2,5,truetrue',
    );
    expect(render("{{ strftime_now('%Y-%m-%d %b %Q') }}")).toMatch(/^\d{4}-\d\d-\d\d [A-Z][a-z]{2} %Q$/);
    expect(() => render("{{ raise_exception('no tools') }}")).toThrow('no tools');
  });
});

describe('the chat prompt of a template', () => {
  const { metadata } = tinyLlama();
  const vocabulary = readVocabulary(metadata);
  const tokenizer = new Tokenizer(vocabulary);
  const chat = (chatTemplate: string | undefined) => new ChatPrompt({ ...vocabulary, chatTemplate }, tokenizer);
  const all = '{% for message in messages %}{{ message.role }}:{{ message.content }};{% endfor %}';

  test('that has no place for a system message gets it before what the user says', () => {
    const strict = chat(`{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}${all}`);
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'on' },
    ];
    expect(strict.encode(messages)).toEqual(tokenizer.encode('user:Be brief.\n\non;'));
    expect(chat(all).encode(messages)).toEqual(tokenizer.encode('system:Be brief.;user:on;'));
  });

  test.each<[string, string | undefined, RegExp]>([
    ['is not there', undefined, /no chat template/],
    ['cannot be parsed', '{% for %}', /cannot be parsed/],
    ['refuses every chat', "{{ raise_exception('closed') }}", /fails: closed/],
    ['leaves out what is said', 'hello', /leaves out/],
    ['never ends', '{% for a in range(60000) %}{% for b in range(60000) %}{% endfor %}{% endfor %}', /goes beyond/],
  ])('that %s is refused when the model is opened', (_, template, message) => {
    expect(() => chat(template)).toThrow(message);
  });
});
