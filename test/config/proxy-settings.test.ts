import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';

function proxiesFrom(env: Readonly<Record<string, string>>) {
  const { proxies } = parseConfig(env, { readFile: () => new Uint8Array(), isTerminal: false }).upstream;
  return proxies && { ...proxies, https: proxies.https?.reveal(), http: proxies.http?.reveal() };
}

test.each([
  [{}, undefined],
  [{ NO_PROXY: 'a.example' }, undefined],
  [{ HTTPS_PROXY: ' ' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy.example:3128' }, { https: 'http://proxy.example:3128/', except: '' }],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, { https: 'http://proxy.example:3128/', except: '' }],
  [{ https_proxy: 'https://u:p%40@proxy.example' }, { https: 'https://u:p%40@proxy.example/', except: '' }],
  [
    { HTTPS_PROXY: 'http://upper.example', https_proxy: 'http://lower.example' },
    { https: 'http://lower.example/', except: '' },
  ],
  [
    { http_proxy: 'http://p.example', no_proxy: '.x' },
    { http: 'http://p.example/', except: '.x' },
  ],
])('of %j the proxies are %j', (env: Record<string, string>, proxies) => {
  expect(proxiesFrom(env)).toEqual(proxies);
});

test.each(['socks5://CANARY.example', 'http://', 'http://u:%zzCANARY@p.example', 'CANARY proxy', 'CANARY:0'])(
  'HTTPS_PROXY=%s is a problem, told without the value',
  (value) => {
    const parse = () => proxiesFrom({ HTTPS_PROXY: value });
    expect(parse).toThrow('HTTPS_PROXY must be the http or https URL of a proxy');
    expect(parse).not.toThrow('CANARY');
  },
);

test("a proxy's credentials cannot be printed", () => {
  const env = { HTTPS_PROXY: 'http://u:CANARY@p.example' };
  expect(
    JSON.stringify(parseConfig(env, { readFile: () => new Uint8Array(), isTerminal: false })),
  ).not.toContain('CANARY');
});
