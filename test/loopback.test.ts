import { expect, test } from 'vitest';
import { isLoopbackHost } from '../src/loopback.ts';

test.each([
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '[::ffff:127.0.0.1]',
  '::ffff:7f00:1',
])('%s is this machine alone', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

test.each([
  'app.localhost',
  'localhost.example',
  'localhost:4000',
  '127.0.0.256',
  '127.1',
  '128.0.0.1',
  '0.0.0.0',
  '::',
  '[::ffff:10.0.0.1]',
  '[127.0.0.1',
  '',
])('%s is not', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
