import { expect, it } from 'vitest';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { MAXIMUM_NAMES, namesIn } from './names.ts';

it.each([
  ['What does `close all` do in avvio?', ['close all']],
  ['When was version 1.2.0 of is-map released?', ['1.2.0', 'is-map']],
  [
    'Why keepAliveTimeout, FST_ERR_DEC and --out-file of @apollo/protobufjs?',
    [...['keepAliveTimeout', 'FST_ERR_DEC', '--out-file', '@apollo/protobufjs']],
  ],
  ['Which of Vue.js and graphql-tag needs the newer Node.js?', ['graphql-tag']],
  ['What did Amara paint on the 3rd at 10am, and in 2023?', []],
  ['Was tun mit SUPERCONTEXT_HOST? Und mit SUPERCONTEXT_HOST.', ['SUPERCONTEXT_HOST']],
])('finds the names of %j', (text, names) => {
  expect(namesIn(text)).toEqual(names);
});

it('takes so many of any text, in time linear in its length', () => {
  const hostile = [
    'a.'.repeat(250_000),
    '.'.repeat(500_000),
    '`'.repeat(500_000),
    '-a'.repeat(250_000),
    'a-'.repeat(9),
  ];
  const findAll = () => {
    for (const text of hostile) expect(namesIn(`${text} a_b`).length).toBeLessThanOrEqual(MAXIMUM_NAMES);
  };
  expect(cpuMs(findAll, 1)).toBeLessThan(2_000);
  expect(namesIn(Array.from({ length: 99 }, (_, at) => `a_${at}`).join(' '))).toHaveLength(MAXIMUM_NAMES);
});
