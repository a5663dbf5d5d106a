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
  [
    'a document that is no text is refused by an allow-list, too',
    post([TOKEN]),
    400,
    'BAD_REQUEST',
    0,
    allowList,
  ],
  // Persisted documents
  [
    'a document under the hash of another is refused',
    post(PAGE, hash(documentHash(TOKEN))),
    400,
    'BAD_REQUEST',
    0,
  ],
  [
    'a hash that nobody sent a document for is not found',
    post(undefined, hash('0'.repeat(64))),
    400,
    'PERSISTED_QUERY_NOT_FOUND',
    0,
  ],
  [
    'a hash named like a property of all objects is not found',
    post(undefined, hash('__proto__')),
    400,
    'PERSISTED_QUERY_NOT_FOUND',
    0,
  ],
  ['a hash that is no text is no hash', post(undefined, hash({ length: 64 })), 400, 'BAD_REQUEST', 0],
  [
    'a hash of another version is no hash',
    post(undefined, hash(documentHash(TOKEN), 2)),
    400,
    'BAD_REQUEST',
    0,
  ],
  ['a document that is not listed is refused', post(PAGE), 400, 'FORBIDDEN', 0, allowList],
  ['a listed document with a space more is refused', post(`${TOKEN} `), 400, 'FORBIDDEN', 0, allowList],
  [
    'a document that is not listed is refused under the hash of one that is',
    post(PAGE, hash(documentHash(TOKEN))),
    400,
    'FORBIDDEN',
    0,
    allowList,
  ],
  [
    'a hash that is not listed is not found',
    post(undefined, hash(documentHash(PAGE))),
    400,
    'PERSISTED_QUERY_NOT_FOUND',
    0,
    allowList,
  ],
  ['an empty document is refused by an allow-list', post(''), 400, 'PERSISTED_QUERY_NOT_FOUND', 0, allowList],
  [
    'a document that is not listed is refused in a batch',
    batch({ query: TOKEN }, { query: PAGE }),
    200,
    null,
    0,
    { gateway: { api: { ...allowList.gateway.api, batchLimit: 10 } }, answer: /FORBIDDEN/ },
  ],
  ['GET passes by no allow-list', get({ query: PAGE }), 400, 'FORBIDDEN', 0, allowList],
  [
    'a listed document is answered by its hash',
    post(undefined, hash(documentHash(TOKEN))),
    200,
    null,
    0,
    { ...allowList, answer: ANSWER },
  ],
]);
