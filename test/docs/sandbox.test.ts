import { expect, test } from 'vitest';
import { HELP } from '../../src/sandbox/parse-flags.ts';
import { setUp } from '../sandbox/set-up.ts';
import { readDocument } from './markdown.ts';

const TEXT = readDocument('docs/sandbox.md');

test('each fault that docs/sandbox.md shows can be switched', async () => {
  const { sandbox } = await setUp();
  const shown = [...TEXT.matchAll(/^faults '(.*)'/gm)].map(([, body = '']) => body);
  expect(shown.length).toBeGreaterThan(5);
  for (const body of shown) {
    const response = await fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, await response.json()]).toEqual([200, JSON.parse(body)]);
  }
});

test('each flag that docs/sandbox.md names is one', () => {
  const named = new Set(TEXT.match(/--[a-z][\w-]+/g));
  named.delete('--help');
  expect([...named].filter((flag) => !HELP.includes(`${flag} takes`))).toEqual([]);
});
