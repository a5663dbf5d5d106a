import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../src/secret.ts';

const secret = new Secret('hunter2');

test.each([
  ['String', String(secret)],
  ['a concatenation', ['', secret].join('')],
  ['JSON.stringify', JSON.stringify({ secret })],
  ['util.inspect', inspect({ nested: [secret] }, { depth: 9, showHidden: true, getters: true })],
  ['Object.entries', JSON.stringify(Object.entries(secret))],
])('a secret does not show under %s', (_way, printed) => {
  expect(printed).not.toContain('hunter2');
});

test('a secret gives its value to who asks for it', () => {
  expect(secret.reveal()).toBe('hunter2');
});
