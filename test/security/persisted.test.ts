import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { print } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { readDocuments } from '../../src/config/read-documents.ts';
import { documentHash } from '../../src/document-hash.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { get, hash, post, withHeaders } from './attack.ts';
import { API_KEYS, READER_KEY } from './keys.ts';
import { send } from '../support/wire.ts';

const DOCUMENT = '{ token { tokenType } }';
const ANSWER = { data: { token: { tokenType: 'Bearer' } } };
const NOT_FOUND = {
  errors: [
    {
      message: 'PersistedQueryNotFound',
      extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', retryable: false },
    },
  ],
};

/** The hash of a document, as a request brings it. */
function hashFor(document: string) {
  return hash(documentHash(document));
}

/** What the gateway at `url` answers to a document's hash alone. */
async function askByHash(url: string, document: string, method: 'GET' | 'POST' = 'GET') {
  const { extensions } = hashFor(document);
  const request =
    method === 'GET' ? get({ extensions: JSON.stringify(extensions) }) : post(undefined, { extensions });
  const { status, body } = await send(url, request);
  return { status, body: JSON.parse(body) };
}

/** Sends a document with its hash. */
async function teach(url: string, document: string) {
  const { status } = await send(url, post(document, hashFor(document)));
  expect(status).toBe(200);
}

test.each(['GET', 'POST'] as const)(
  'a document that was sent once with its hash is answered by the hash, by %s',
  async (method) => {
    const { url } = await startGateway();
    expect(await askByHash(url, DOCUMENT, method)).toEqual({ status: 400, body: NOT_FOUND });
    await teach(url, DOCUMENT);
    expect(await askByHash(url, DOCUMENT, method)).toEqual({ status: 200, body: ANSWER });
  },
);

test('a client of the older media type is told by 200 that a hash is not known', async () => {
  const { query } = await startGateway();
  const { status, body } = await query('', undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(hashFor(DOCUMENT)),
  });
  expect({ status, body }).toEqual({ status: 200, body: NOT_FOUND });
});

test('a document that is sent without its hash, or with another, is not remembered', async () => {
  const { url } = await startGateway();
  await send(url, post(DOCUMENT));
  await send(url, post('{ __typename }', hashFor(DOCUMENT)));
  expect((await askByHash(url, DOCUMENT)).body).toEqual(NOT_FOUND);
  expect((await askByHash(url, '{ __typename }')).body).toEqual(NOT_FOUND);
});

test('a stranger leaves nothing to be remembered', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS } });
  const taught = post(DOCUMENT, hashFor(DOCUMENT));
  expect((await send(url, taught)).status).toBe(401);
  const asked = withHeaders(post(undefined, hashFor(DOCUMENT)), { 'x-api-key': READER_KEY });
  const answer = await send(url, asked);
  expect(JSON.parse(answer.body)).toEqual(NOT_FOUND);
});

test('a remembered document is held to the limits and permissions of each request', async () => {
  const { url } = await startGateway({ access: { callers: API_KEYS } });
  const asReader = async (request: ReturnType<typeof post>) => {
    const answer = await send(url, withHeaders(request, { 'x-api-key': READER_KEY }));
    return JSON.parse(answer.body);
  };
  const document = '{ token { accessToken } }';
  await asReader(post(document, hashFor(document)));
  const byHash = await asReader(post(undefined, hashFor(document)));
  expect(byHash).toMatchObject({
    data: { token: { accessToken: null } },
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
});

test('what is remembered stays within 16 MiB: the document unused for longest is forgotten', async () => {
  const { url } = await startGateway();
  const large = (index: number) => `{ token { tokenType } } # ${index} ${'x'.repeat(90_000)}`;
  const documents = Array.from({ length: 100 }, (_, index) => large(index));
  const [first = '', second = ''] = documents;
  for (const document of documents) {
    await teach(url, document);
    expect((await askByHash(url, second)).status).toBe(document === first ? 400 : 200);
  }
  expect((await askByHash(url, first)).body).toEqual(NOT_FOUND);
  expect((await askByHash(url, documents.at(-1) ?? '')).body).toEqual(ANSWER);
});

const TOKEN = gql`
  query Token {
    token {
      tokenType
    }
  }
`;

const PAGE = gql`
  query Page {
    worklist(limit: 1) {
      total
    }
  }
`;

/** Apollo Client as an app has it that sends hashes, with the methods of its requests so far. */
function startClient(url: string) {
  const methods: (string | undefined)[] = [];
  const persisted = createPersistedQueryLink({ sha256: documentHash, useGETForHashedQueries: true });
  const http = new HttpLink({
    uri: `${url}/graphql`,
    fetch(address, init) {
      methods.push(init?.method);
      return fetch(address, init);
    },
  });
  const client = new ApolloClient({ link: persisted.concat(http), cache: new InMemoryCache() });
  onTestFinished(() => client.stop());
  return { client, methods };
}

test('Apollo Client sends the hash, then once the document, and from then on every client the hash alone', async () => {
  const { url } = await startGateway();
  const first = startClient(url);
  expect((await first.client.query({ query: TOKEN })).data).toMatchObject(ANSWER.data);
  expect(first.methods).toEqual(['GET', 'POST']);

  const second = startClient(url);
  expect((await second.client.query({ query: TOKEN })).data).toMatchObject(ANSWER.data);
  expect(second.methods).toEqual(['GET']);
});

test("with an allow-list in Apollo's form, Apollo Client is answered what it holds, and nothing else", async () => {
  // Apollo's generator lists documents as the cache sends them, with `__typename`.
  const body = print(new InMemoryCache().transformDocument(TOKEN));
  const manifest = {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: documentHash(body), name: 'Token', type: 'query', body }],
  };
  const { documents, problems } = readDocuments('manifest.json', () => Buffer.from(JSON.stringify(manifest)));
  expect(problems).toEqual([]);
  const { url, sandbox } = await startGateway({ api: { documents } });

  const { client, methods } = startClient(url);
  expect((await client.query({ query: TOKEN })).data).toMatchObject(ANSWER.data);
  expect(methods).toEqual(['GET']);
  await expect(client.query({ query: PAGE })).rejects.toThrow(
    'This document is none of those that run here.',
  );
  expect(sandbox.worklistRequests()).toEqual([]);
});
