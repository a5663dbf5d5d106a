import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { API_KEYS, LISTER_KEY, READER_KEY } from '../security/keys.ts';
import { freePorts } from '../support/free-ports.ts';
import { startProcess } from '../support/gateway-process.ts';
import { MAIN, settingsFor, spawnGateway } from '../support/spawn-gateway.ts';
import { expectQuiet } from './expect-quiet.ts';
import {
  expectedRecords,
  expectedTitles,
  inspect,
  openExample,
  openExampleFor,
  STARTED_AT_MS,
  statusesOf,
  titlesOf,
} from './open-example.ts';

const SECOND_MS = 1_000;
const UNAVAILABLE = { on: 'worklist', status: 503, probability: 1 } as const;

test('the first page is there at once and live, and axe finds nothing on it', async () => {
  const { page, sandbox } = await openExample();
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20));
  await expect.poll(() => page.locator('.freshness').innerText()).toBe('Live, as of now');
  expect(await page.locator('.count').innerText()).toBe('20 of 240 recordings loaded');
  expect(await page.locator('.token-life').innerText()).toMatch(
    /^Service token: (59|60) min|1 h left, renews itself$/,
  );
  expect(sandbox.tokenRequests()).toHaveLength(1);
  await inspect(page, 'worklist');
});

test.each(['light', 'dark'] as const)(
  'on a phone, in %s, nothing is wider than the screen',
  async (colorScheme) => {
    const { page } = await openExample({ device: { viewport: { width: 360, height: 740 }, colorScheme } });
    await expect.poll(() => titlesOf(page)).toHaveLength(20);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBe(0);
    await inspect(page, `phone-${colorScheme}`);
  },
);

test('a record opens by keyboard, shows all that GoSpeech says of it, and gives the focus back', async () => {
  const { page, clock } = await openExample({ device: { colorScheme: 'dark' } });
  const title = expectedTitles(1)[0] ?? '';
  const row = page.getByRole('button', { name: title }).first();
  await row.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: title });
  await expect.poll(() => dialog.innerText()).toContain('speakerCount');
  expect(await dialog.innerText()).toContain('Queued');
  await inspect(page, 'record');
  clock.nowMs += 60 * SECOND_MS;
  await expect.poll(() => dialog.innerText()).toMatch(/Uploading|Processing/);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  expect(await page.locator(':focus').innerText()).toBe(title);
});

test('what is loaded is filtered by title and status', async () => {
  const { page } = await openExample();
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  await page.getByLabel('Status').selectOption('Completed');
  const completed = await page.locator('.record', { hasText: 'Completed' }).count();
  expect(completed).toBeGreaterThan(0);
  expect(await titlesOf(page)).toHaveLength(completed);
  expect(await page.locator('.count').innerText()).toBe(`${completed} found in 20 of 240 recordings loaded`);
  await page.getByLabel('Status').selectOption('Any');
  await page.getByLabel('Title').fill('anhorung');
  await expect
    .poll(() => titlesOf(page))
    .toEqual(expectedTitles(20).filter((title) => title.startsWith('Anhörung')));
  await page.getByLabel('Title').fill('nothing is called so');
  await expect.poll(() => titlesOf(page)).toEqual([]);
  await page.getByLabel('Title').fill('');
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
});

test('by keyboard one page after the other is shown, and the focus stays on the button', async () => {
  const { page } = await openExample();
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  const more = page.getByRole('button', { name: 'Show more' });
  await more.focus();
  for (const length of [40, 60]) {
    await page.keyboard.press('Enter');
    await expect.poll(() => titlesOf(page)).toHaveLength(length);
    expect(await page.locator(':focus').innerText()).toBe('Show more');
  }
});

test('of a list that grows while somebody walks it, every record is shown once, in the order of GoSpeech', async () => {
  const { page, clock } = await openExample({
    gateway: { sandbox: { recordCount: 70, arrivalEveryMs: SECOND_MS } },
  });
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  const more = page.getByRole('button', { name: 'Show more' });
  while ((await more.count()) > 0) {
    const before = (await titlesOf(page)).length;
    clock.nowMs += 3 * SECOND_MS;
    await more.click();
    await expect.poll(async () => (await titlesOf(page)).length).toBeGreaterThan(before + 10);
  }
  const total = 70 + Math.round((clock.nowMs - STARTED_AT_MS) / SECOND_MS);
  const expected = (count: number) => expectedTitles(count, SECOND_MS, clock.nowMs);
  await expect.poll(async () => (await titlesOf(page)).length).toBeGreaterThan(total - 3);
  await expect.poll(async () => titlesOf(page)).toEqual(expected((await titlesOf(page)).length));
});

test('progress, new recordings and their end are shown by themselves', async () => {
  const { page, clock } = await openExample({ gateway: { sandbox: { arrivalEveryMs: 60 * SECOND_MS } } });
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20, 60 * SECOND_MS));
  const percents = () => page.locator('.percent').allInnerTexts();
  const before = await percents();
  clock.nowMs += 20 * SECOND_MS;
  await expect.poll(percents).not.toEqual(before);
  clock.nowMs += 120 * SECOND_MS;
  await expect.poll(async () => (await titlesOf(page)).length).toBeGreaterThan(20);
  expect(await titlesOf(page)).toEqual(
    expectedTitles((await titlesOf(page)).length, 60 * SECOND_MS, clock.nowMs),
  );
});

test('whatever arrives while the page is open, every row is as GoSpeech has it, and none comes that nobody asked for', async () => {
  const arrivalEveryMs = 2 * SECOND_MS;
  const { page, clock } = await openExample({ gateway: { sandbox: { arrivalEveryMs } } });
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  for (let step = 1; step <= 12; step += 1) {
    clock.nowMs += 10 * SECOND_MS;
    await expect
      .poll(async () => (await titlesOf(page))[0])
      .toBe(expectedTitles(1, arrivalEveryMs, clock.nowMs)[0]);
  }
  expect(await page.locator('.freshness').innerText()).toBe('Live, as of now');
  const arrived = Math.round((clock.nowMs - STARTED_AT_MS) / arrivalEveryMs);
  const count = (await titlesOf(page)).length;
  expect(Math.abs(count - 20 - arrived)).toBeLessThan(2);
  const expected = expectedRecords(count, arrivalEveryMs, clock.nowMs);
  await expect.poll(() => statusesOf(page)).toEqual(expected.map(({ status }) => status));
  expect(await titlesOf(page)).toEqual(expected.map(({ title }) => title));
});

test('of more than a page the first are live, and all are brought up to date by the button', async () => {
  const arrivalEveryMs = 2 * SECOND_MS;
  const { page, clock } = await openExample({ gateway: { sandbox: { recordCount: 150, arrivalEveryMs } } });
  const more = page.getByRole('button', { name: 'Show more' });
  for (let length = 20; length < 150; length += 20) {
    await expect.poll(() => titlesOf(page)).toHaveLength(length);
    await more.click();
  }
  await expect.poll(() => titlesOf(page)).toHaveLength(150);
  await expect.poll(() => page.locator('.freshness').innerText()).toBe('Live, the first 100 as of now');
  // Those that were at work at first are behind the first hundred in the end, and still at work.
  for (let step = 1; step <= 3; step += 1) {
    const before = (await titlesOf(page)).length;
    clock.nowMs += 80 * SECOND_MS;
    await expect.poll(async () => (await titlesOf(page)).length).toBeGreaterThan(before + 35);
  }
  // A page of the last second is new enough for anybody.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await page.getByRole('button', { name: 'Refresh' }).click();
  const expected = expectedRecords((await titlesOf(page)).length, arrivalEveryMs, clock.nowMs);
  await expect.poll(() => statusesOf(page)).toEqual(expected.map(({ status }) => status));
  expect(await titlesOf(page)).toEqual(expected.map(({ title }) => title));
});

test('the status that is looked for stays chosen when no row has it any more', async () => {
  const { page, clock } = await openExample();
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  await page.getByLabel('Status').selectOption('Queued');
  clock.nowMs += 3_600 * SECOND_MS;
  await expect.poll(() => titlesOf(page)).toEqual([]);
  expect(await page.getByLabel('Status').inputValue()).toBe('Queued');
  await page.getByLabel('Status').selectOption('Any');
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
});

test('while GoSpeech is away the page says how old it is, and is live again when it is back', async () => {
  const { page, sandbox, clock } = await openExample();
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  sandbox.configure({ faults: [UNAVAILABLE] });
  await expect.poll(() => page.locator('.freshness').innerText()).toMatch(/^Old, as of \d+ s ago: GoSpeech/);
  expect(await titlesOf(page)).toEqual(expectedTitles(20));
  await inspect(page, 'upstream-away');
  clock.nowMs += 60 * SECOND_MS;
  sandbox.configure({ faults: [] });
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
});

test('a page that is opened while GoSpeech is away says so, and fills itself later', async () => {
  const { page, sandbox } = await openExample({ gateway: { sandbox: { faults: [UNAVAILABLE] } } });
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('GoSpeech cannot be reached');
  await inspect(page, 'nothing-yet');
  sandbox.configure({ faults: [] });
  await expect.poll(() => titlesOf(page), { timeout: 30_000 }).toEqual(expectedTitles(20));
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('what was said to be broken is not any more once pages come', async () => {
  const fault = { on: 'worklist', status: 200, body: '<h1>Maintenance</h1>', probability: 1 } as const;
  const { page, sandbox } = await openExample({ gateway: { sandbox: { faults: [fault] } } });
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('is not understood');
  await page.getByRole('button', { name: 'Try now' }).click();
  sandbox.configure({ faults: [] });
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20));
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('a tab that nobody sees has no stream, and one that is seen again is live at once', async () => {
  const { page, sandbox, clock } = await openExample({ gateway: { sandbox: { arrivalEveryMs: SECOND_MS } } });
  const state = () => page.locator('.connection').innerText();
  const setHidden = (isHidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));`);
  await expect.poll(state).toBe('Live');
  await setHidden(true);
  await expectQuiet(sandbox, 2_000);
  clock.nowMs += 5 * SECOND_MS;
  await setHidden(false);
  await expect.poll(async () => (await titlesOf(page)).length).toBeGreaterThan(23);
  await expect.poll(state).toBe('Live');
});

test('a service token that is revoked is replaced, and nobody at the page sees it', async () => {
  const { page, sandbox, clock } = await openExample();
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  sandbox.revokeAccessTokens();
  sandbox.revokeRefreshTokens();
  clock.nowMs += 60 * SECOND_MS;
  await expect.poll(() => sandbox.tokenRequests().length).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect.poll(() => page.locator('.freshness').innerText()).toMatch(/^Live/);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('who has a key signs in, by keyboard alone; a wrong key is said to be wrong', async () => {
  const { page } = await openExample({ gateway: { access: { callers: API_KEYS } } });
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('You are not signed in');
  const signInWith = async (key: string) => {
    await page.getByRole('button', { name: 'Sign in' }).press('Enter');
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
  };
  await signInWith('a-wrong-key');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('You are not signed in');
  await page.getByRole('button', { name: 'Sign in' }).press('Enter');
  await inspect(page, 'sign-in');
  await page.keyboard.press('Escape');
  await signInWith(READER_KEY);
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20));
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('who may not see the token does not, and sees the list', async () => {
  const { page } = await openExample({ gateway: { access: { callers: API_KEYS } } });
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('API key').fill(LISTER_KEY);
  await page.keyboard.press('Enter');
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20));
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  expect(await page.locator('.token-life').count()).toBe(0);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('without a network the page keeps what it has, and goes on by itself', async () => {
  const { page, clock } = await openExample();
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  await page.context().setOffline(true);
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Offline');
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('You are offline');
  expect(await titlesOf(page)).toEqual(expectedTitles(20));
  await inspect(page, 'offline');
  clock.nowMs += 60 * SECOND_MS;
  await page.context().setOffline(false);
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(40));
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a status that nobody knows is shown as it is, and what GoSpeech leaves out is left out', async () => {
  const records = [{ id: 'a1', status: 'Wartet auf Freigabe', somethingNew: { deep: [1, 2] } }];
  const body = JSON.stringify({ items: records, totalCount: 1 });
  const { page } = await openExample({
    gateway: { sandbox: { faults: [{ on: 'worklist', status: 200, body, probability: 1 }] } },
  });
  await expect
    .poll(() => page.locator('.record').allInnerTexts())
    .toEqual([expect.stringMatching(/^a1\s+Wartet auf Freigabe$/)]);
  expect(await page.locator('.count').innerText()).toBe('1 recordings');
  await page.getByRole('button', { name: 'a1' }).click();
  await expect.poll(() => page.getByRole('dialog').innerText()).toContain('{"deep":[1,2]}');
});

test('the pause that GoSpeech asks for is said, and kept', async () => {
  const { page, sandbox } = await openExample();
  await expect.poll(() => titlesOf(page)).toHaveLength(20);
  const headers = { 'retry-after': '20' };
  sandbox.configure({ faults: [{ on: 'worklist', status: 429, headers, probability: 1 }] });
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('GoSpeech asks for a pause');
  await expect.poll(() => page.locator('.notice').innerText()).toMatch(/Trying again in (1\d|20) s\./);
});

test('a gateway that is replaced by another is joined again by itself', async () => {
  const [port = 0] = await freePorts(1);
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const settings = { ...settingsFor(sandbox), PORT: String(port) };
  const first = startProcess(settings);
  const page = await openExampleFor(await first.url());
  const state = () => page.locator('.connection').innerText();
  await expect.poll(state).toBe('Live');
  first.kill('SIGTERM');
  await expect.poll(state).toBe('Connecting');
  await first.exited;
  await startProcess(settings).url();
  await expect.poll(state).toBe('Live');
  expect(await page.getByRole('alert').count()).toBe(0);
});

test(
  'a gateway that dies behind a proxy which keeps its streams open is noticed',
  { timeout: 120_000 },
  async () => {
    const [port = 0] = await freePorts(1);
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const start = () => {
      const gateway = spawnGateway({ main: MAIN, settings: { ...settingsFor(sandbox), PORT: String(port) } });
      onTestFinished(() => gateway.end(0));
      return gateway;
    };
    const first = start();
    await expect.poll(() => first.origin()).toBeDefined();
    const page = await openExampleFor(first.origin() ?? '');
    const state = () => page.locator('.connection').innerText();
    await expect.poll(state).toBe('Live');
    first.child.kill('SIGKILL');
    await expect.poll(state, { timeout: 45_000 }).toBe('Connecting');
    start();
    await expect.poll(state, { timeout: 45_000 }).toBe('Live');
  },
);

test('where no stream can be had, the page asks now and then', async () => {
  const { page, gateway, clock } = await openExample({ gateway: { sandbox: { arrivalEveryMs: SECOND_MS } } });
  gateway.endStreams();
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Connecting');
  clock.nowMs += 60 * SECOND_MS;
  await expect.poll(() => titlesOf(page)).toEqual(expectedTitles(20, SECOND_MS, clock.nowMs));
});

test('whoever closes the page is not asked for any more', async () => {
  const { page, sandbox } = await openExample();
  await expect.poll(() => page.locator('.connection').innerText()).toBe('Live');
  await page.close();
  await expectQuiet(sandbox, 2_000);
});
