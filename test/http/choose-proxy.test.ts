import { expect, test } from 'vitest';
import { createProxyChoice } from '../../src/http/choose-proxy.ts';
import { Secret } from '../../src/secret.ts';

function proxyFor(url: string, except = '') {
  const { protocol, hostname, port } = new URL(url);
  const choose = createProxyChoice({
    https: new Secret('http://secure.example:3128/'),
    http: new Secret('http://plain.example:3128/'),
    except,
  });
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return choose({
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || defaultPort,
  })?.hostname;
}

test('each scheme has its proxy', () => {
  expect(proxyFor('https://api.example')).toBe('secure.example');
  expect(proxyFor('http://api.example')).toBe('plain.example');
});

test.each([
  'http://localhost:1',
  'https://127.0.0.1',
  'https://127.9.9.9',
  'https://[::1]',
  'https://[::ffff:127.0.0.1]',
])('the loopback target %s is reached directly', (url) => {
  expect(proxyFor(url)).toBeUndefined();
});

test('a name below localhost may be anywhere', () => {
  expect(proxyFor('https://a.localhost')).toBe('secure.example');
});

test.each([
  ['*', 'https://api.example', true],
  ['api.example', 'https://api.example', true],
  ['API.example.', 'https://api.EXAMPLE', true],
  ['example', 'https://api.example', true],
  ['.example', 'https://api.example', true],
  ['*.example', 'https://api.example', true],
  ['pi.example', 'https://api.example', false],
  ['api.example:443', 'https://api.example', true],
  ['api.example:8443', 'https://api.example', false],
  ['a.test, b.test api.example', 'https://api.example', true],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['2001:db8::/32', 'https://[2001:db8::1]', true],
  ['[2001:db8::1]', 'https://[2001:db8::1]', true],
  ['2001:db8::1', 'https://[2001:db8::2]', false],
  ['', 'https://api.example', false],
])('with NO_PROXY=%j, %s is reached directly: %s', (except, url, isDirect) => {
  expect(proxyFor(url, except) === undefined).toBe(isDirect);
});
