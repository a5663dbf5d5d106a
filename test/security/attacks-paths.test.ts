import { get, post, testAttacks, withHeaders } from './attack.ts';

const TOKEN = '{ token { tokenType } }';
const PAGE = '{ worklist { total } }';
const ANSWER = /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/;

testAttacks([
  // Methods
  ...(['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'] as const).map(
    (method) => [`${method} is refused`, { ...post(PAGE), method }, 405, 'BAD_REQUEST', 0] as const,
  ),
  [
    'HEAD is answered like GET, without a body',
    { ...get({ query: PAGE }), method: 'HEAD' },
    200,
    null,
    1,
    { answer: /^$/ },
  ],
  ['HEAD may not change anything', { ...get({ query: 'mutation { a }' }), method: 'HEAD' }, 405, null, 0],
  [
    'a method in another header changes nothing',
    {
      ...get({ query: 'mutation { a }' }),
      headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
    },
    405,
    'BAD_REQUEST',
    0,
  ],
  [
    'an upgrade is not made',
    {
      ...post(TOKEN),
      headers: { 'content-type': 'application/json', connection: 'upgrade', upgrade: 'websocket' },
    },
    200,
    null,
    0,
    { answer: ANSWER },
  ],

  // Paths
  ...[
    '//graphql',
    '/graphql//',
    '/graphql%2f',
    '/graphql%00',
    '/GRAPHQL',
    '/other/graphql',
    '/other?x=/graphql',
    '/livez/graphql',
    '/graphql/../graphql/x',
    '/graphql;x',
    '/%67raphql',
    '/api',
    '/console',
    '/v1/graphql',
    '/.env',
    '/../../etc/passwd',
    '/graphql/..%2f..%2fetc/passwd',
    '/metrics',
    '/healthz',
  ].map((path) => [`${path} is not found`, { ...post(PAGE), path }, 404, null, 0] as const),
  ['a slash behind the path changes nothing', { ...post(PAGE), path: '/graphql/' }, 200, null, 1],
  [
    'a slash between path and query changes nothing',
    { ...get({ query: PAGE }), path: `/graphql/?query=${encodeURIComponent(PAGE)}` },
    200,
    null,
    1,
  ],
  [
    'a health check is asked for by its path, not by a parameter',
    { ...post(PAGE), path: '/graphql?x=/livez' },
    200,
    null,
    1,
  ],
  [
    'a readiness check is asked for by its path, not by a parameter',
    { ...post(PAGE), path: '/graphql?x=/readyz' },
    200,
    null,
    1,
  ],
  [
    'an address of another host in the place of the path is refused, whatever Host says',
    { ...post(TOKEN), path: 'http://evil.example/graphql' },
    421,
    'BAD_REQUEST',
    0,
  ],
  [
    'an address of our own host in the place of the path is that path, whatever Host says',
    withHeaders({ ...post(TOKEN), path: 'http://localhost/graphql' }, { host: 'evil.example' }),
    200,
    null,
    0,
    { answer: ANSWER },
  ],
]);
