import { get, post, testAttacks, withHeaders, type Attack } from './attack.ts';

const TOKEN = '{ token { tokenType } }';
const PAGE = '{ worklist { total } }';
const ANSWER = /^\{"data":\{"token":\{"tokenType":"Bearer"\}\}\}$/;

testAttacks([
  // Methods
  ...(['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'] as const).map((method): Attack => ({
    rule: `${method} is refused`,
    request: { ...post(PAGE), method },
    status: 405,
    code: 'BAD_REQUEST',
  })),
  {
    rule: 'HEAD is answered like GET, without a body',
    request: { ...get({ query: PAGE }), method: 'HEAD' },
    status: 200,
    calls: 1,
    body: /^$/,
  },
  {
    rule: 'HEAD may not change anything',
    request: { ...get({ query: 'mutation { a }' }), method: 'HEAD' },
    status: 405,
  },
  {
    rule: 'a method in another header changes nothing',
    request: {
      ...get({ query: 'mutation { a }' }),
      headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
    },
    status: 405,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'an upgrade is not made',
    request: {
      ...post(TOKEN),
      headers: { 'content-type': 'application/json', connection: 'upgrade', upgrade: 'websocket' },
    },
    status: 200,
    body: ANSWER,
  },

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
  ].map((path): Attack => ({ rule: `${path} is not found`, request: { ...post(PAGE), path }, status: 404 })),
  {
    rule: 'a slash behind the path changes nothing',
    request: { ...post(PAGE), path: '/graphql/' },
    status: 200,
    calls: 1,
  },
  {
    rule: 'a slash between path and query changes nothing',
    request: { ...get({ query: PAGE }), path: `/graphql/?query=${encodeURIComponent(PAGE)}` },
    status: 200,
    calls: 1,
  },
  {
    rule: 'a health check is asked for by its path, not by a parameter',
    request: { ...post(PAGE), path: '/graphql?x=/livez' },
    status: 200,
    calls: 1,
  },
  {
    rule: 'a readiness check is asked for by its path, not by a parameter',
    request: { ...post(PAGE), path: '/graphql?x=/readyz' },
    status: 200,
    calls: 1,
  },
  {
    rule: 'an address of another host in the place of the path is refused, whatever Host says',
    request: { ...post(TOKEN), path: 'http://evil.example/graphql' },
    status: 421,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'an address of our own host in the place of the path is that path, whatever Host says',
    request: withHeaders({ ...post(TOKEN), path: 'http://localhost/graphql' }, { host: 'evil.example' }),
    status: 200,
    body: ANSWER,
  },
]);
