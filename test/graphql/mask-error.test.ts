import { GraphQLError, parse } from 'graphql';
import { afterEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createMaskError } from '../../src/graphql/mask-error.ts';
import type { Hidden } from '../../src/graphql/operation-events.ts';

afterEach(() => vi.unstubAllEnvs());

function mask(error: unknown) {
  const hidden: Hidden[] = [];
  const masked = createMaskError((shown, behind) => {
    hidden.push(behind);
    return shown;
  })(error);
  return { json: JSON.parse(JSON.stringify(masked)) as unknown, hidden };
}

function thrownBy(originalError: Error, path = ['worklist']): GraphQLError {
  return new GraphQLError(originalError.message, { originalError, path });
}

test('a foreseen failure keeps its message and place, and gets its code', () => {
  const failure = new GatewayError('UPSTREAM_RATE_LIMITED', 'Slow down.', {
    retryAfterMs: 7,
    hint: 'CANARY',
    cause: new Error('CANARY'),
  });
  const { json, hidden } = mask(thrownBy(failure));
  expect(json).toEqual({
    message: 'Slow down.',
    path: ['worklist'],
    extensions: { code: 'UPSTREAM_RATE_LIMITED', retryable: true, retryAfterMs: 7 },
  });
  expect(hidden).toEqual([{ error: failure }]);
});

test.each(['production', 'development', 'test'])(
  'under NODE_ENV=%s a bug shows as nothing but an id',
  (nodeEnv) => {
    vi.stubEnv('NODE_ENV', nodeEnv);
    const bug = Object.assign(new TypeError('CANARY'), { extensions: { CANARY: 1 }, cause: 'CANARY' });
    for (const error of [thrownBy(bug), bug, 'CANARY', { CANARY: 'CANARY' }, undefined]) {
      const { json, hidden } = mask(error);
      expect(JSON.stringify(json)).not.toContain('CANARY');
      expect(json).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false } });
      expect(hidden).toEqual([
        expect.objectContaining({
          errorId: (json as { extensions: { errorId: string } }).extensions.errorId,
        }),
      ]);
    }
  },
);

test('an error about a result, which would quote it, is a bug too', () => {
  const quoting = new GraphQLError('Int cannot represent non-integer value: "CANARY"', {
    path: ['worklist', 'total'],
  });
  expect(mask(quoting).json).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
});

function syntaxErrorOf(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    return error;
  }
}

test('a mistake in the document stays as GraphQL wrote it, and gets its code', () => {
  const mistake = syntaxErrorOf('{ } ');
  Object.assign(mistake as GraphQLError, { extensions: { code: 'GRAPHQL_PARSE_FAILED', more: 'CANARY' } });
  const { json, hidden } = mask(mistake);
  expect(json).toEqual({
    message: 'Syntax Error: Expected Name, found "}".',
    locations: [{ line: 1, column: 3 }],
    extensions: { code: 'GRAPHQL_PARSE_FAILED', retryable: false, http: { spec: true, status: 400 } },
  });
  expect(hidden).toEqual([]);
});

test.each([
  [400, 'The request is none of GraphQL over HTTP.'],
  [405, 'A GET runs queries only: another operation needs a POST.'],
])('what yoga refuses with %i is said in the words of the gateway', (status, message) => {
  const refusal = new GraphQLError('CANARY', {
    extensions: { code: 'BAD_REQUEST', http: { status }, originalError: { message: 'CANARY' } },
  });
  expect(mask(refusal).json).toEqual({
    message,
    extensions: { code: 'BAD_REQUEST', retryable: false, http: { status } },
  });
});

test('a code that is none of the gateway never leaves', () => {
  const refusal = new GraphQLError('CANARY', { extensions: { code: 'CANARY' } });
  expect(mask(refusal).json).toMatchObject({ extensions: { code: 'BAD_REQUEST' } });
});

test('a failure outside of any field is answered with 500', () => {
  const { json } = mask(new Error('CANARY'));
  expect(json).toMatchObject({ extensions: { http: { status: 500 } } });
});
