import { z } from 'zod';
import { bodyFor, type Window } from './scenarios.ts';
import { API_KEY, type Running } from './servers.ts';

/** Asks a server for a page, and gives all that it answers. */
export async function ask({ url }: Running, window: Window): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body: bodyFor(window),
  });
  return response.json();
}

const counted = z.object({ calls: z.number() });

/** How many pages the upstream was asked for so far. */
async function callsOf({ url }: Running): Promise<number> {
  const response = await fetch(`${url}/calls`);
  return counted.parse(await response.json()).calls;
}

/** How many calls it takes to answer requests for all these windows, sent at the same time. */
export async function countCalls(
  server: Running,
  upstream: Running,
  windows: readonly Window[],
): Promise<number> {
  const before = await callsOf(upstream);
  await Promise.all(windows.map((window) => ask(server, window)));
  return (await callsOf(upstream)) - before;
}
