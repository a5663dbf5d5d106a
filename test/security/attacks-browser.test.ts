import { get, post, postText, testAttacks, withHeaders, type Attack } from './attack.ts';
import type { WireRequest } from './wire.ts';

const PAGE = '{ worklist { total } }';
const EVIL = 'https://evil.example';
const JSON_BODY = JSON.stringify({ query: PAGE });

/** What a page of these origins may use. */
const forApp = { gateway: { access: { corsOrigins: ['https://app.example'] } } };
const anyHost = { gateway: { access: { hosts: undefined } } };
const withoutPlayground = { gateway: { api: { graphiql: false } } };

const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document', accept: 'text/html' };

function from(origin: string, request: WireRequest = post(PAGE)): WireRequest {
  return withHeaders(request, { origin });
}

function bodyOf(contentType: string | undefined, body = JSON_BODY): WireRequest {
  return postText(body, { 'content-type': contentType });
}

const origins: readonly (readonly [origin: string, what: string])[] = [
  [EVIL, 'another site'],
  ['null', 'a file, a sandboxed frame or a redirect'],
  ['https://app.example.evil.example', 'a longer name that begins like a listed one'],
  ['https://evil-app.example', 'a longer name that ends like a listed one'],
  ['https://sub.app.example', 'a name below a listed one'],
  ['http://app.example', 'a listed name without encryption'],
  ['https://app.example:8443', 'a listed name on another port'],
  ['https://app.example@evil.example', 'a listed name as the user of another'],
  ['https://app.example/', 'a listed name with a path'],
  ['https://APP.example', 'a listed name in other letters'],
  ['https://app.example, https://evil.example', 'two names of which one is listed'],
  ['*', 'every name'],
  ['', 'no name'],
  ['file://', 'a file'],
];

testAttacks([
  // Pages of other origins
  ...origins.map(([origin, what]): Attack => [
    `a page of ${what} (${origin}) may not ask`,
    from(origin),
    403,
    'BAD_REQUEST',
    0,
    forApp,
  ]),
  ['a page of another site may not ask by GET', from(EVIL, get({ query: PAGE })), 403, 'BAD_REQUEST', 0],
  ['a preflight of another site is refused', { ...from(EVIL, {}), method: 'OPTIONS' }, 403, 'BAD_REQUEST', 0],
  [
    'a page of a name that begins like loopback may not ask',
    from('http://127.0.0.1.evil.example'),
    403,
    'BAD_REQUEST',
    0,
  ],
  ['a page of a number beyond loopback may not ask', from('http://128.0.0.1'), 403, 'BAD_REQUEST', 0],
  ['a page of a listed origin may ask', from('https://app.example'), 200, null, 1, forApp],
  [
    'an image of another site may not ask by GET',
    get({ query: PAGE }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }),
    403,
    'BAD_REQUEST',
    0,
  ],
  [
    'a script of another site may not ask by GET',
    get({ query: PAGE }, { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' }),
    403,
    'BAD_REQUEST',
    0,
  ],
  [
    'a link of another site opens the playground, and executes nothing',
    get({ query: PAGE }, navigation),
    200,
    null,
    0,
    { answer: /^\s*<!doctype html>/i },
  ],
  [
    'a link of another site executes nothing where there is no playground',
    get({ query: PAGE }, navigation),
    403,
    'BAD_REQUEST',
    0,
    withoutPlayground,
  ],
  [
    'a frame of another site is no link',
    get({ query: PAGE }, { ...navigation, 'sec-fetch-dest': 'iframe' }),
    403,
    'BAD_REQUEST',
    0,
  ],
  [
    'a form of another site is no link',
    { ...bodyOf('application/json'), headers: { ...navigation, 'content-type': 'application/json' } },
    403,
    'BAD_REQUEST',
    0,
  ],

  // What a page may send anywhere without asking first
  [
    'a form is refused',
    bodyOf('application/x-www-form-urlencoded', `query=${encodeURIComponent(PAGE)}`),
    415,
    'BAD_REQUEST',
    0,
  ],
  [
    'a form with files is refused',
    bodyOf(
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON_BODY}\r\n--x--`,
    ),
    415,
    'BAD_REQUEST',
    0,
  ],
  ['plain text is refused', bodyOf('text/plain'), 415, 'BAD_REQUEST', 0],
  ['a body without a type is refused', bodyOf(undefined), 415, 'BAD_REQUEST', 0],
  ['a body of an empty type is refused', bodyOf(''), 415, 'BAD_REQUEST', 0],
  [
    'plain text that says JSON behind itself is refused',
    bodyOf('text/plain; application/json'),
    415,
    'BAD_REQUEST',
    0,
  ],
  ['plain text and JSON at once are refused', bodyOf('text/plain, application/json'), 415, 'BAD_REQUEST', 0],
  ['JSON and plain text at once are refused', bodyOf('application/json, text/plain'), 415, 'BAD_REQUEST', 0],
  ['a type that begins like JSON is refused', bodyOf('application/jsonp'), 415, 'BAD_REQUEST', 0],
  ['GraphQL without JSON around it is refused', bodyOf('application/graphql', PAGE), 415, 'BAD_REQUEST', 0],
  ['a POST without a body is refused', { method: 'POST', ...get({ query: PAGE }) }, 415, 'BAD_REQUEST', 0],
  ['the letters of a type may be large', bodyOf('Application/JSON'), 200, null, 1],
  ['a type may have a space before its parameters', bodyOf('application/json ; charset=utf-8'), 200, null, 1],

  // Names that are not ours
  ...[
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'evil.example:4000',
    'localhost:80:80',
    'localhost@evil.example',
    '0.0.0.0',
    '2130706433',
    'localhost.',
    '',
    'localhost:99999',
  ].map((host): Attack => [
    `the host "${host}" is not ours`,
    { ...post(PAGE), headers: { 'content-type': 'application/json', host } },
    421,
    'BAD_REQUEST',
    0,
  ]),
  [
    'a name of another that a proxy passes on is not looked at',
    {
      ...post(PAGE),
      headers: {
        'content-type': 'application/json',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      },
    },
    200,
    null,
    1,
  ],
  [
    'a playground under another name is not ours',
    get({}, { host: 'evil.example', accept: 'text/html' }),
    421,
    'BAD_REQUEST',
    0,
  ],
  [
    'a name that cannot be an address is refused, where any name is ours',
    { ...post(PAGE), headers: { 'content-type': 'application/json', host: '[' } },
    421,
    'BAD_REQUEST',
    0,
    anyHost,
  ],

  // Scripts in texts
  [
    'an address that is not found is not shown',
    { path: '/%3Cscript%3Ealert(1)%3C/script%3E', headers: { accept: 'text/html' } },
    404,
    null,
    0,
    { answer: /^$/ },
  ],
  [
    'a message of GraphQL is JSON, whatever it quotes',
    post('{ worklist(limit: "<script>alert(1)</script>") { total } }'),
    400,
    'BAD_USER_INPUT',
    0,
  ],
]);
