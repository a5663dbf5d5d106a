import type { Locator } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { recordAt } from '../../src/sandbox/records.ts';
import { EXAMPLE_QUERY } from '../../src/graphql/graphiql.ts';
import { launchChromium } from '../support/chromium.ts';
import { startGateway } from '../support/gateway-harness.ts';
import { expectQuiet } from './expect-quiet.ts';

const STILL = { startedAtMs: 0, arrivalEveryMs: 0 };

/** Opens the playground of a gateway of its own, and notes whom the page calls and what goes wrong on it. */
async function openGraphiql(overrides: Parameters<typeof startGateway>[0] = {}) {
  const { url, sandbox } = await startGateway(overrides);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });

  const calledOrigins = new Set<string>();
  const problems: string[] = [];
  const noteCall = (calledUrl: string) => {
    // A `blob:` has the origin of the page that made it, and a `data:` has none.
    if (!calledUrl.startsWith('data:')) calledOrigins.add(new URL(calledUrl).origin);
  };
  page.context().on('request', (request) => noteCall(request.url()));
  page.on('websocket', (socket) => noteCall(socket.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  function expectNoTrouble(): void {
    expect({ calledOrigins: [...calledOrigins], problems }).toEqual({ calledOrigins: [url], problems: [] });
  }

  await page.goto(`${url}/graphql`);
  const region = (name: string) => page.getByRole('region', { name });
  return {
    page,
    sandbox,
    editor: region('Operation Editor'),
    result: region('Result Window'),
    docs: region('Documentation Explorer'),
    expectNoTrouble,
  };
}

/** The lines a code editor shows, in any order, as it keeps them in the page. */
async function linesOf(editor: Locator): Promise<readonly string[]> {
  const lines = await editor.locator('.view-line').allTextContents();
  return lines.map((line) => line.replaceAll('\u00a0', ' ').trim());
}

test('the example query is there, and the execute button shows records of the worklist', async () => {
  const { page, sandbox, editor, result, expectNoTrouble } = await openGraphiql();
  const example = EXAMPLE_QUERY.split('\n').map((line) => line.trim());
  await expect.poll(() => linesOf(editor)).toEqual(expect.arrayContaining(example));
  expect(sandbox.worklistRequests()).toEqual([]);

  await page.getByRole('button', { name: 'Execute query' }).click();
  const newest = [0, 1, 2].map((index) => recordAt(index, STILL, 0));
  const shown = newest.flatMap(({ id, title }) => [`"id": "${id}",`, `"title": "${title}",`]);
  await expect.poll(() => linesOf(result)).toEqual(expect.arrayContaining(['"total": 240,', ...shown]));
  expect(sandbox.worklistRequests()).toHaveLength(1);
  expectNoTrouble();
});

test('introspection fills the documentation pane, and completes a field in the editor', async () => {
  const { page, editor, docs, expectNoTrouble } = await openGraphiql();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await docs.getByRole('link', { name: 'Query', exact: true }).click();
  await expect
    .poll(() => docs.innerText())
    .toMatch(/worklist\(.*\): Worklist\s+One page of the service account's worklist\./s);

  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('{ worklist { hasN');
  await page.getByRole('option', { name: 'hasNextPage' }).click();
  await expect.poll(() => linesOf(editor)).toEqual([expect.stringContaining('{ worklist { hasNextPage')]);
  expectNoTrouble();
});

test('a subscription, in a tab of its own, shows the list and what changes of it', async () => {
  let nowMs = Date.UTC(2026, 0, 30, 9);
  const { page, sandbox, editor, result, expectNoTrouble } = await openGraphiql({
    sandboxNow: () => nowMs,
    sandbox: { arrivalEveryMs: 1_000 },
    api: { livePollMs: 200 },
  });
  await expect.poll(() => linesOf(editor)).toContain('query Worklist {');
  // The tabs can be dragged: while they are still moving into place, a mouse would miss them.
  await page.getByRole('button', { name: 'Live', exact: true }).dispatchEvent('click');
  await expect.poll(() => linesOf(editor)).toContain('subscription Live {');
  await page.getByRole('button', { name: 'Execute query' }).click();
  await expect.poll(() => linesOf(result)).toEqual(expect.arrayContaining(['"total": 240,']));
  nowMs += 10_000;
  const totals = async () => (await linesOf(result)).filter((line) => line.startsWith('"total"'));
  await expect.poll(totals, { timeout: 10_000 }).not.toContain('"total": 240,');
  expect((await totals()).length).toBe(1);
  await page.getByRole('button', { name: 'Stop query' }).click();
  await expectQuiet(sandbox, 2_000);
  expectNoTrouble();
});
