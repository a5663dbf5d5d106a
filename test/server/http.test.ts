import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

test('/ says what is where, in links that lead there under a prefix, too', async () => {
  const { url } = await startGateway();
  const response = await fetch(`${url}/`);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const links = [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
  expect(links).toEqual(['graphql', 'livez', 'readyz']);
  for (const link of links) {
    const { status } = await fetch(new URL(link, `${url}/`), { headers: { accept: 'text/html' } });
    expect(status).not.toBe(404);
  }
  expect((await fetch(`${url}/`, { method: 'POST' })).status).toBe(404);
});

test.each(['/index.html', '/graphql/other', '/favicon.ico'])(
  '%s is not found, and names nothing',
  async (path) => {
    const { url } = await startGateway();
    const response = await fetch(url + path, { headers: { accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([404, '']);
  },
);

test('pages of this machine may read the sandbox, without cookies; other pages may not', async () => {
  const { url } = await startGateway();
  const allowed = async (origin: string, at = url) => {
    const response = await fetch(`${at}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return response.headers.get('access-control-allow-origin');
  };
  expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173');
  expect(await allowed('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000');
  expect(await allowed('https://example.com')).toBeNull();
  expect(await allowed('http://localhost.example.com')).toBeNull();

  const { url: onGoSpeech } = await startGateway({ isSandbox: false });
  expect(await allowed('http://localhost:5173', onGoSpeech)).toBeNull();
});

test.each(['http://localhost:5173', undefined])(
  'what a preflight of %s is answered depends on the page and on the headers it asks for',
  async (origin) => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
        ...(origin !== undefined && { origin }),
      },
    });
    expect(response.headers.get('vary')).toBe('Origin, Access-Control-Request-Headers');
  },
);

test('an answer to an allowed page does not ask for its cookies', async () => {
  const { url } = await startGateway();
  const response = await fetch(`${url}/graphql?query={token{tokenType}}`, {
    headers: { origin: 'http://localhost:5173' },
  });
  expect(response.headers.get('access-control-allow-credentials')).not.toBe('true');
  expect(await response.json()).toEqual({ data: { token: { tokenType: 'Bearer' } } });
});

test('the playground is one page that names no other origin as a source', async () => {
  const { url } = await startGateway();
  const pages = await Promise.all(
    [1, 2].map(async () => (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text()),
  );
  expect(pages[0]).toBe(pages[1]);
  expect(pages[0]).toContain('worklist(offset: 0, limit: 10)');
  expect(pages[0]).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?\/\//);
});
