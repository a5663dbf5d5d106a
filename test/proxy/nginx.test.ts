import { expect, onTestFinished, test } from 'vitest';
import { parseAddressRange } from '../../src/address-range.ts';
import { readDocument } from '../docs/markdown.ts';
import { launchChromium } from '../support/chromium.ts';
import { startGateway, type GatewayOverrides } from '../support/gateway-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startNginx } from '../support/nginx.ts';

/** What docs/operating.md tells an nginx to say of its clients; and what others say besides. */
const SAYS = [
  ...(readDocument('docs/operating.md').match(/proxy_set_header .+;/g) ?? []),
  'proxy_set_header X-Forwarded-Prefix /speech;',
];

async function setUp(access: GatewayOverrides['access'] = {}, lines = SAYS) {
  const gateway = await startGateway({
    clock: createManualClock(),
    access: { trustedProxies: parseAddressRange('127.0.0.1') ?? [], corsOrigins: [], ...access },
  });
  const nginx = await startNginx(gateway.url, lines);
  const { host } = new URL(nginx.url);
  return {
    ...gateway,
    nginx,
    /** Those of some requests, from one address of this machine. */
    async statuses(count: number, localAddress: string, headers: Readonly<Record<string, string>> = {}) {
      const statuses: number[] = [];
      while (statuses.length < count) {
        statuses.push(
          await nginx.ask(
            {
              method: 'POST',
              path: '/speech/graphql',
              localAddress,
              headers: { host, 'content-type': 'application/json', ...headers },
            },
            JSON.stringify({ query: '{ __typename }' }),
          ),
        );
      }
      return statuses;
    },
  };
}

const RATE = { rate: { perSecond: 1, burst: 3 } };

test('clients behind it do not share a rate, and none can choose another address', async () => {
  const { statuses } = await setUp(RATE);
  expect(await statuses(4, '127.0.0.2')).toEqual([200, 200, 200, 429]);
  expect(await statuses(1, '127.0.0.3')).toEqual([200]);
  expect(await statuses(1, '127.0.0.2', { 'x-forwarded-for': '192.0.2.1' })).toEqual([429]);
  expect(await statuses(1, '127.0.0.2', { 'x-forwarded-for': '192.0.2.2, 127.0.0.1' })).toEqual([429]);
});

test('a client that writes the header that it does not write gets no rate of its own', async () => {
  const { statuses } = await setUp(RATE);
  const spoofed = (number: number) => ({ forwarded: `for=192.0.2.${number}` });
  for (const number of [1, 2, 3]) expect(await statuses(1, '127.0.0.2', spoofed(number))).toEqual([200]);
  expect(await statuses(1, '127.0.0.2', spoofed(4))).toEqual([429]);
});

test('a client that writes the header that it does not write changes nothing of who asks, and for which host', async () => {
  const { statuses } = await setUp({ ...RATE, hosts: ['gateway.example'] });
  const spoofed = { host: 'gateway.example', forwarded: 'for=192.0.2.1;host=evil.example' };
  expect(await statuses(4, '127.0.0.2', spoofed)).toEqual([200, 200, 200, 429]);
  expect(await statuses(1, '127.0.0.3', spoofed)).toEqual([200]);
});

test('without trust in it, all its clients share one rate', async () => {
  const { statuses } = await setUp({ ...RATE, trustedProxies: [] });
  expect(await statuses(3, '127.0.0.2')).toEqual([200, 200, 200]);
  expect(await statuses(1, '127.0.0.3')).toEqual([429]);
});

test('pages of the host that clients ask for may ask it, under the scheme that they ask for only', async () => {
  const { nginx, statuses } = await setUp({ hosts: ['localhost'] });
  const own = new URL(nginx.url);
  expect(await statuses(1, '127.0.0.1', { origin: own.origin })).toEqual([200]);
  expect(await statuses(1, '127.0.0.1', { origin: `http://${own.host}` })).toEqual([403]);
  expect(await statuses(1, '127.0.0.1', { origin: 'https://evil.example' })).toEqual([403]);
});

test('the host that clients ask for is the one that is checked', async () => {
  const { statuses } = await setUp({ hosts: ['gateway.example'] });
  expect(await statuses(1, '127.0.0.1')).toEqual([421]);
  expect(await statuses(1, '127.0.0.1', { host: 'gateway.example' })).toEqual([200]);
  expect(
    await statuses(1, '127.0.0.1', { host: 'evil.example', 'x-forwarded-host': 'gateway.example' }),
  ).toEqual([421]);
});

test('the playground works in a browser under its path and TLS', async () => {
  const { nginx, sandbox } = await setUp({ hosts: ['localhost'] });
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 1_280, height: 900 } });
  const called: string[] = [];
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url())) called.push(request.url());
  });

  await page.goto(`${nginx.url}/speech/graphql`);
  await page.getByRole('button', { name: 'Execute query' }).click();
  const result = page.getByRole('region', { name: 'Result Window' });
  await expect.poll(() => result.innerText()).toContain('"total"');
  expect(sandbox.worklistRequests()).toHaveLength(1);
  expect(new Set(called)).toEqual(new Set([`${nginx.url}/speech/graphql`]));
});

test('a subscription comes through it piece by piece', async () => {
  const { nginx } = await setUp({ hosts: ['localhost'] });
  const stream = await nginx.open(
    {
      method: 'POST',
      path: '/speech/graphql',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    },
    JSON.stringify({ query: 'subscription { worklist(limit: 1) { total } }' }),
  );
  await expect.poll(stream.text).toContain('event: next\ndata: {"data":{"worklist":{"total":240}}}\n\n');
  expect(stream.isEnded()).toBe(false);
});
