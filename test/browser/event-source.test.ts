import { expect, test } from 'vitest';
import { fencedBlocks } from '../docs/markdown.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { openExampleFor } from './open-example.ts';

test('what docs/clients.md shows for EventSource prints the page in a browser', async () => {
  const { url } = await startGateway();
  const [program = ''] = fencedBlocks('docs/clients.md', 'js').filter((code) => code.includes('EventSource'));
  // A page of another origin, which loopback is allowed to be.
  const page = await openExampleFor(url);
  const printed = page.waitForEvent('console');
  await page.evaluate(program.replace('http://127.0.0.1:4000', url));
  const [data] = (await printed).args();
  expect(await data?.jsonValue()).toMatchObject({ worklist: { total: 240 } });
});
