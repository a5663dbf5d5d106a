/*
 * How much memory a kept page takes, as a multiple of its JSON on the wire: the figure behind the cache's
 * estimate. Parses many pages of the sandbox and compares the heap with and without them.
 *
 *   npm run bench:page-memory
 */
import { createWorklistAdapter, type WirePage } from '../src/datasources/wire/worklist-adapter.ts';
import { parseJson } from '../src/http/parse-json.ts';
import { startSandbox } from '../src/sandbox/start-sandbox.ts';
import { ASSUMED_SHAPE } from '../src/worklist-shape.ts';

const PAGES = 2_000;
const ASKED = { offset: 0, limit: 100 };

const sandbox = await startSandbox();
const { clientId, clientSecret, username, password } = sandbox.credentials;
const login = await fetch(`${sandbox.url}/connect/token`, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'password',
    client_id: clientId,
    client_secret: clientSecret,
    username,
    password,
    scope: 'openid integrated-api',
  }),
});
const { access_token: token }: { access_token?: unknown } = Object(await login.json());
const answer = await fetch(
  `${sandbox.url}/api/records/worklist?offset=${ASKED.offset}&limit=${ASKED.limit}`,
  {
    headers: { authorization: `Bearer ${String(token)}` },
  },
);
const text = await answer.text();
await sandbox.close();

const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it with node --expose-gc, as npm run bench:page-memory does.');
const adapter = createWorklistAdapter({ shape: ASSUMED_SHAPE, onUnexpectedType: () => {} });
const heapBytes = () => {
  gc();
  return process.memoryUsage().heapUsed;
};

const before = heapBytes();
const pages: WirePage[] = Array.from({ length: PAGES }, () =>
  adapter({ body: parseJson(text), headers: {} }, ASKED),
);
const perPage = (heapBytes() - before) / pages.length;
const bodyBytes = Buffer.byteLength(text);

console.log(`body on the wire: ${bodyBytes} bytes for ${ASKED.limit} records`);
console.log(`heap per page:    ${Math.round(perPage)} bytes`);
console.log(`ratio:            ${(perPage / bodyBytes).toFixed(2)}`);
