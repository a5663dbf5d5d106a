import { CombinedGraphQLErrors, gql } from '@apollo/client';
import { describe, expect, test } from 'vitest';
import { adviseOn, WORDS_BY_CODE } from '../../examples/react-apollo/src/error-advice.ts';
import { RETRYABLE_BY_CODE } from '../../src/errors.ts';
import { startApollo } from './set-up.ts';

const PAGE_AND_TOKEN = gql`
  {
    worklist(limit: 1) {
      total
    }
    token {
      tokenType
    }
  }
`;

const TOKEN_ITSELF = gql`
  {
    token {
      tokenType
      accessToken
    }
  }
`;

const UNKNOWN_FIELD = gql`
  {
    worklist {
      recordings
    }
  }
`;

const PAGE_OF_VARIABLE_LENGTH = gql`
  query ($limit: Int!) {
    worklist(limit: $limit) {
      total
    }
  }
`;

/** The media types of GraphQL over HTTP. A request that is refused has status 400 only under the newer one. */
const MEDIA_TYPES = [
  { mediaType: 'application/graphql-response+json', refusedStatus: 400 },
  { mediaType: 'application/json', refusedStatus: 200 },
] as const;

describe.for(MEDIA_TYPES)('under $mediaType', ({ mediaType, refusedStatus }) => {
  const headers = { accept: mediaType };
  const contentType = `${mediaType}; charset=utf-8`;

  test('a root field that fails leaves the other its data', async () => {
    const faults = [{ on: 'worklist', status: 500 }] as const;
    const { client, answers } = await startApollo({ gateway: { sandbox: { faults } }, headers });
    const { data, error } = await client.query({ query: PAGE_AND_TOKEN, errorPolicy: 'all' });

    expect(data).toMatchObject({ worklist: null, token: { tokenType: 'Bearer' } });
    expect(errorsOf(error)).toMatchObject([
      { path: ['worklist'], extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } },
    ]);
    expect(answers()).toEqual([{ status: 200, contentType }]);
  });

  test('a forbidden field leaves those beside it their data', async () => {
    const { client, answers } = await startApollo({ gateway: { isSandbox: false }, headers });
    const { data, error } = await client.query({ query: TOKEN_ITSELF, errorPolicy: 'all' });

    expect(data).toMatchObject({ token: { tokenType: 'Bearer', accessToken: null } });
    expect(errorsOf(error)).toMatchObject([
      { path: ['token', 'accessToken'], extensions: { code: 'FORBIDDEN', retryable: false } },
    ]);
    expect(answers()).toEqual([{ status: 200, contentType }]);
  });

  test('an unknown field is refused', async () => {
    const { client, sandbox, answers } = await startApollo({ headers });
    const { data, error } = await client.query({ query: UNKNOWN_FIELD, errorPolicy: 'all' });

    expect(data).toBeUndefined();
    expect(errorsOf(error)).toMatchObject([
      {
        message: expect.stringContaining('Cannot query field "recordings" on type "Worklist".'),
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
    expect(answers()).toEqual([{ status: refusedStatus, contentType }]);
    expect(sandbox.requests()).toEqual([]);
  });

  test('a variable of another type is refused with the rule it breaks', async () => {
    const { client, sandbox, answers } = await startApollo({ headers });
    const { data, error } = await client.query({
      query: PAGE_OF_VARIABLE_LENGTH,
      variables: { limit: 'ten' },
      errorPolicy: 'all',
    });

    expect(data).toBeUndefined();
    expect(errorsOf(error)).toMatchObject([
      {
        message: expect.stringContaining('limit takes a whole number from 0 to 100.'),
        extensions: { code: 'BAD_USER_INPUT', retryable: false },
      },
    ]);
    expect(answers()).toEqual([{ status: refusedStatus, contentType }]);
    expect(sandbox.requests()).toEqual([]);
  });
});

test('a client that accepts both media types is answered under the newer one', async () => {
  const { client, answers } = await startApollo();
  const { data } = await client.query({ query: PAGE_AND_TOKEN });
  expect(data).toMatchObject({ worklist: { total: 240 }, token: { tokenType: 'Bearer' } });
  expect(answers()).toEqual([
    { status: 200, contentType: 'application/graphql-response+json; charset=utf-8' },
  ]);
});

function errorsOf(error: unknown): CombinedGraphQLErrors['errors'] {
  if (!CombinedGraphQLErrors.is(error))
    throw new Error('The errors are not those of GraphQL.', { cause: error });
  return error.errors;
}

test('the example has words and an action for every code that the gateway has', () => {
  expect(Object.keys(WORDS_BY_CODE).toSorted()).toEqual(Object.keys(RETRYABLE_BY_CODE).toSorted());
});

test.each(Object.entries(RETRYABLE_BY_CODE))(
  'the example waits for %s, or offers to ask again, if that helps',
  (code, retryable) => {
    const error = new CombinedGraphQLErrors({
      errors: [{ message: 'What the gateway says.', extensions: { code, retryable, errorId: 'a1b2' } }],
    });
    const { action, details } = adviseOn(error, true);
    expect(['wait', 'retry'].includes(action)).toBe(retryable || code === 'CURSOR_LOST');
    expect(details).toBe(`What the gateway says. · ${code} · a1b2`);
  },
);

test('of a code that the example does not know it tells what the gateway says, and goes by that', () => {
  const of = (retryable: boolean) =>
    adviseOn(
      new CombinedGraphQLErrors({
        errors: [{ message: 'New.', extensions: { code: 'NEW', retryable, retryAfterMs: 70 } }],
      }),
      true,
    );
  expect(of(true)).toMatchObject({ action: 'wait', retryAfterMs: 70, details: 'New. · NEW' });
  expect(of(false)).toMatchObject({ action: 'operator' });
  expect(adviseOn(new TypeError('Failed to fetch'), false)).toMatchObject({ title: 'You are offline' });
});
