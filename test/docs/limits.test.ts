import { expect, test } from 'vitest';
import { MEMORY_LIMITS, OPERATION_LIMITS, REQUEST_LIMITS, UPSTREAM_LIMITS } from '../../src/limits.ts';
import { readDocument } from './markdown.ts';

const count = (number: number) => number.toLocaleString('en-US');
const mebibytes = (bytes: number) => `${bytes / 1_024 / 1_024} MiB`;
const kibibytes = (bytes: number) => `${bytes / 1_024} KiB`;
const seconds = (durationMs: number) => `${durationMs / 1_000} s`;

/** The text with line ends as blanks, so that a sentence may be broken anywhere. */
const proseOf = (path: string) => readDocument(path).replace(/\s+/g, ' ');

const { maxTokens, maxSameFields, maxDepth, maxRootFields, maxAliases, maxDirectives, maxPages } =
  OPERATION_LIMITS;

test.each([
  `together they have sent at most ${mebibytes(REQUEST_LIMITS.maxInFlightBytes)}`,
  `there are at most ${REQUEST_LIMITS.maxPageReaders}, counted for themselves`,
  `has more than ${count(REQUEST_LIMITS.maxBodyBytes)} bytes`,
  `A body in pieces has at most ${count(REQUEST_LIMITS.maxBodyBytes)} bytes`,
  `${count(maxTokens)} tokens, ${maxSameFields} fields of one name that have fields of their own, ${maxDepth} levels`,
  `${maxRootFields} root fields, ${maxAliases} aliases, ${maxDirectives} directives, ${maxPages} pages`,
  `${count(OPERATION_LIMITS.maxCost)} fields, or ${OPERATION_LIMITS.maxCostPerRecord} for each record`,
  `(${OPERATION_LIMITS.maxNameLength} and ${OPERATION_LIMITS.maxPathLength} characters)`,
  `head for more than ${seconds(REQUEST_LIMITS.headTimeoutMs)}`,
  `all of it for more than ${seconds(REQUEST_LIMITS.requestTimeoutMs)}`,
  `for ${seconds(REQUEST_LIMITS.stallTimeoutMs)}.`,
])('SECURITY.md says: %s', (statement) => {
  expect(proseOf('SECURITY.md')).toContain(statement);
});

test.each([
  ['calls of one operation', `${OPERATION_LIMITS.maxCalls}`],
  ['pages of one operation', `${maxPages}, gone with it`],
  ['calls that wait for a connection', `${UPSTREAM_LIMITS.maxWaitingPerConnection} a connection`],
  ['a response of the upstream', `${mebibytes(UPSTREAM_LIMITS.maxBodyBytes)} for each connection`],
  ['the begin of an interim response', kibibytes(UPSTREAM_LIMITS.maxInterimBytes)],
  ['validators and their bodies', mebibytes(MEMORY_LIMITS.maxValidationBytes)],
  ['resources that refused a token', count(MEMORY_LIMITS.maxRefusingResources)],
  ['parsed, valid documents', mebibytes(MEMORY_LIMITS.maxParsedDocumentBytes)],
  ['complete responses', mebibytes(MEMORY_LIMITS.maxResponseBytes)],
  ['compiled operations', count(MEMORY_LIMITS.maxCompiledOperations)],
  [
    'JWTs that were right',
    `${count(MEMORY_LIMITS.maxCallers)} digests, ${mebibytes(MEMORY_LIMITS.maxCallerBytes)}`,
  ],
  ['persisted documents', mebibytes(MEMORY_LIMITS.maxPersistedDocumentBytes)],
  ['requests in flight', `${mebibytes(REQUEST_LIMITS.maxInFlightBytes)} sent`],
  ["the playground's readers", `${REQUEST_LIMITS.maxPageReaders}, `],
  ["a request's body", `${count(REQUEST_LIMITS.maxBodyBytes)} bytes`],
  [
    "callers' rates",
    `${count(MEMORY_LIMITS.maxCallers)} callers, ${mebibytes(MEMORY_LIMITS.maxCallerBytes)}`,
  ],
  ['keys of the JWT issuer', mebibytes(UPSTREAM_LIMITS.maxKeySetBytes)],
  ['incidents', count(MEMORY_LIMITS.maxIncidents)],
  ['unread log', mebibytes(MEMORY_LIMITS.maxUnreadLogBytes)],
])('ARCHITECTURE.md bounds %s by %s', (what, bound) => {
  const row = readDocument('ARCHITECTURE.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${what} `));
  expect(row?.split('|').at(-2)).toContain(bound);
});
