import { get, post, postText, testAttacks, withHeaders, type Attack } from './attack.ts';
import type { WireRequest } from '../support/wire.ts';

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
  ...origins.map(([origin, what]): Attack => ({
    rule: `a page of ${what} (${origin}) may not ask`,
    request: from(origin),
    status: 403,
    code: 'BAD_REQUEST',
    ...forApp,
  })),
  {
    rule: 'a page of another site may not ask by GET',
    request: from(EVIL, get({ query: PAGE })),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a preflight of another site is refused',
    request: { ...from(EVIL, {}), method: 'OPTIONS' },
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page of a name that begins like loopback may not ask',
    request: from('http://127.0.0.1.evil.example'),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page of a number beyond loopback may not ask',
    request: from('http://128.0.0.1'),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a page of a listed origin may ask',
    request: from('https://app.example'),
    status: 200,
    calls: 1,
    ...forApp,
  },
  {
    rule: 'an image of another site may not ask by GET',
    request: get({ query: PAGE }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a script of another site may not ask by GET',
    request: get({ query: PAGE }, { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' }),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a link of another site opens the playground, and executes nothing',
    request: get({ query: PAGE }, navigation),
    status: 200,
    body: /^\s*<!doctype html>/i,
  },
  {
    rule: 'a link of another site executes nothing where there is no playground',
    request: get({ query: PAGE }, navigation),
    status: 403,
    code: 'BAD_REQUEST',
    ...withoutPlayground,
  },
  {
    rule: 'a frame of another site is no link',
    request: get({ query: PAGE }, { ...navigation, 'sec-fetch-dest': 'iframe' }),
    status: 403,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a form of another site is no link',
    request: {
      ...bodyOf('application/json'),
      headers: { ...navigation, 'content-type': 'application/json' },
    },
    status: 403,
    code: 'BAD_REQUEST',
  },

  // What a page may send anywhere without asking first
  {
    rule: 'a form is refused',
    request: bodyOf('application/x-www-form-urlencoded', `query=${encodeURIComponent(PAGE)}`),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a form with files is refused',
    request: bodyOf(
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON_BODY}\r\n--x--`,
    ),
    status: 415,
    code: 'BAD_REQUEST',
  },
  { rule: 'plain text is refused', request: bodyOf('text/plain'), status: 415, code: 'BAD_REQUEST' },
  { rule: 'a body without a type is refused', request: bodyOf(undefined), status: 415, code: 'BAD_REQUEST' },
  { rule: 'a body of an empty type is refused', request: bodyOf(''), status: 415, code: 'BAD_REQUEST' },
  {
    rule: 'plain text that says JSON behind itself is refused',
    request: bodyOf('text/plain; application/json'),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'plain text and JSON at once are refused',
    request: bodyOf('text/plain, application/json'),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'JSON and plain text at once are refused',
    request: bodyOf('application/json, text/plain'),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a type that begins like JSON is refused',
    request: bodyOf('application/jsonp'),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'GraphQL without JSON around it is refused',
    request: bodyOf('application/graphql', PAGE),
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a POST without a body is refused',
    request: { method: 'POST', ...get({ query: PAGE }) },
    status: 415,
    code: 'BAD_REQUEST',
  },
  { rule: 'the letters of a type may be large', request: bodyOf('Application/JSON'), status: 200, calls: 1 },
  {
    rule: 'a type may have a space before its parameters',
    request: bodyOf('application/json ; charset=utf-8'),
    status: 200,
    calls: 1,
  },

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
  ].map((host): Attack => ({
    rule: `the host "${host}" is not ours`,
    request: { ...post(PAGE), headers: { 'content-type': 'application/json', host } },
    status: 421,
    code: 'BAD_REQUEST',
  })),
  {
    rule: 'a name of another that a proxy passes on is not looked at',
    request: {
      ...post(PAGE),
      headers: {
        'content-type': 'application/json',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      },
    },
    status: 200,
    calls: 1,
  },
  {
    rule: 'a playground under another name is not ours',
    request: get({}, { host: 'evil.example', accept: 'text/html' }),
    status: 421,
    code: 'BAD_REQUEST',
  },
  {
    rule: 'a name that cannot be an address is refused, where any name is ours',
    request: { ...post(PAGE), headers: { 'content-type': 'application/json', host: '[' } },
    status: 421,
    code: 'BAD_REQUEST',
    ...anyHost,
  },

  // Scripts in texts
  {
    rule: 'an address that is not found is not shown',
    request: { path: '/%3Cscript%3Ealert(1)%3C/script%3E', headers: { accept: 'text/html' } },
    status: 404,
    body: /^$/,
  },
  {
    rule: 'a message of GraphQL is JSON, whatever it quotes',
    request: post('{ worklist(limit: "<script>alert(1)</script>") { total } }'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
]);
