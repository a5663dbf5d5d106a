import { documentHash } from '../../src/document-hash.ts';
import { get, hash, post, postText, testAttacks } from './attack.ts';

const TOKEN = '{ token { tokenType } }';
const PAGE = '{ worklist { total } }';
const ANSWER = /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/;

const allowList = { gateway: { api: { documents: new Map([[documentHash(TOKEN), TOKEN]]) } } };

function batch(...operations: readonly unknown[]) {
  return postText(JSON.stringify(operations));
}

testAttacks([
  {
    rule: 'a document that is no text is refused by an allow-list, too',
    request: post([TOKEN]),
    status: 400,
    code: 'BAD_REQUEST',
    ...allowList,
  },
  // Persisted documents
  {
    rule: 'a document under the hash of another is refused',
    request: post(PAGE, hash(documentHash(TOKEN))),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a hash that nobody sent a document for is not found',
    request: post(undefined, hash('0'.repeat(64))),
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
  },
  {
    rule: 'a hash named like a property of all objects is not found',
    request: post(undefined, hash('__proto__')),
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
  },
  {
    rule: 'a hash that is no text is no hash',
    request: post(undefined, hash({ length: 64 })),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a hash of another version is no hash',
    request: post(undefined, hash(documentHash(TOKEN), 2)),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a document that is not listed is refused',
    request: post(PAGE),
    status: 400,
    code: 'FORBIDDEN',
    ...allowList,
  },
  {
    rule: 'a listed document with a space more is refused',
    request: post(`${TOKEN} `),
    status: 400,
    code: 'FORBIDDEN',
    ...allowList,
  },
  {
    rule: 'a document that is not listed is refused under the hash of one that is',
    request: post(PAGE, hash(documentHash(TOKEN))),
    status: 400,
    code: 'FORBIDDEN',
    ...allowList,
  },
  {
    rule: 'a hash that is not listed is not found',
    request: post(undefined, hash(documentHash(PAGE))),
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    ...allowList,
  },
  {
    rule: 'an empty document is refused by an allow-list',
    request: post(''),
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    ...allowList,
  },
  {
    rule: 'a document that is not listed is refused in a batch',
    request: batch({ query: TOKEN }, { query: PAGE }),
    status: 200,
    gateway: { api: { ...allowList.gateway.api, batchLimit: 10 } },
    body: /FORBIDDEN/,
  },
  {
    rule: 'GET passes by no allow-list',
    request: get({ query: PAGE }),
    status: 400,
    code: 'FORBIDDEN',
    ...allowList,
  },
  {
    rule: 'a listed document is answered by its hash',
    request: post(undefined, hash(documentHash(TOKEN))),
    status: 200,
    ...allowList,
    body: ANSWER,
  },
]);
