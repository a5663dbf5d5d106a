import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { preview } from 'vite';
import { expect, onTestFinished } from 'vitest';
import { recordAt } from '../../src/sandbox/records.ts';
import { launchChromium } from '../support/chromium.ts';
import { startGateway } from '../support/gateway-harness.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/react-apollo', import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));
export const STARTED_AT_MS = Date.UTC(2026, 0, 30, 9);

export interface ExampleOptions {
  readonly gateway?: Parameters<typeof startGateway>[0];
  /** How the page is looked at. */
  readonly device?: {
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly colorScheme?: 'light' | 'dark';
  };
}

/** The built example before a gateway of its own, whose sandbox has the time that `clock` says, in Chromium. */
export async function openExample({ gateway = {}, device = {} }: ExampleOptions = {}) {
  const clock = { nowMs: STARTED_AT_MS };
  const { url, sandbox, ...started } = await startGateway({
    sandboxNow: () => clock.nowMs,
    cache: { ttlMs: 200, staleIfErrorMs: 60_000 },
    ...gateway,
    sandbox: { arrivalEveryMs: 0, ...gateway.sandbox },
    api: { livePollMs: 200, ...gateway.api },
  });
  return { page: await openExampleFor(url, device), sandbox, clock, ...started };
}

/** The built example before a gateway at `gatewayUrl`, in Chromium. */
export async function openExampleFor(
  gatewayUrl: string,
  device: ExampleOptions['device'] = {},
): Promise<Page> {
  const server = await preview({
    root: EXAMPLE,
    logLevel: 'silent',
    preview: { port: 0, proxy: { '/graphql': { target: gatewayUrl, changeOrigin: true } } },
  });
  onTestFinished(() => server.close());
  return openPage(server.resolvedUrls?.local[0] ?? '', device);
}

/** A page in a Chromium of its own, which fails the test where the page throws. */
export async function openPage(url: string, device: ExampleOptions['device'] = {}): Promise<Page> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1_100, height: 900 }, ...device });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  onTestFinished(() => expect(problems).toEqual([]));
  await page.goto(url);
  return page;
}

/** The titles of the rows, from top to bottom. */
export function titlesOf(page: Page): Promise<string[]> {
  return page.locator('.record .title').allTextContents();
}

/** The statuses that the rows show, from top to bottom. */
export function statusesOf(page: Page): Promise<string[]> {
  return page.locator('.record .badge').allTextContents();
}

/** The first `count` records of a sandbox as it stands at `nowMs`. */
export function expectedRecords(count: number, arrivalEveryMs = 0, nowMs = STARTED_AT_MS) {
  const arrivals = { startedAtMs: STARTED_AT_MS, arrivalEveryMs };
  return Array.from({ length: count }, (_, index) => recordAt(index, arrivals, nowMs));
}

/** The titles of such records. */
export function expectedTitles(...sandbox: Parameters<typeof expectedRecords>): readonly string[] {
  return expectedRecords(...sandbox).map(({ title }) => title);
}

/** Keeps a picture of the page, and expects that axe finds nothing on it. */
export async function inspect(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
  await page.evaluate(axe.source);
  // It runs in the page, where `axe` is a global.
  const violations: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html) })))`,
  );
  expect(violations).toEqual([]);
}
