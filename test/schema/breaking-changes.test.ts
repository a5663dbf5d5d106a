import { execFileSync } from 'node:child_process';
import { buildSchema, findBreakingChanges } from 'graphql';
import { expect, test } from 'vitest';
import { readDocument, ROOT } from '../docs/markdown.ts';

const git = (...words: readonly string[]) =>
  execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** The schema of the last release; that of today where none has been made, or its history is not here. */
function releasedSchema(): string {
  try {
    return git('show', `${git('describe', '--tags', '--abbrev=0')}:schema.graphql`);
  } catch {
    return readDocument('schema.graphql');
  }
}

const breaks = (before: string, after: string) =>
  findBreakingChanges(buildSchema(before), buildSchema(after)).map(({ description }) => description);

test('schema.graphql breaks no client of the last release', () => {
  expect(breaks(releasedSchema(), readDocument('schema.graphql'))).toEqual([]);
});

test.each([
  ['hasNextPage: Boolean!', 'hasMore: Boolean!', 'Worklist.hasNextPage was removed.'],
  ['total: Int', 'total: String', 'Worklist.total changed type from Int to String.'],
  ['after: ID', 'after: ID!', 'Query.worklist arg after has changed type from ID to ID!.'],
])('%s that becomes %s would', (before, after, told) => {
  const today = readDocument('schema.graphql');
  expect(breaks(today, today.replace(before, after))).toContain(told);
});
