import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { readBody } from './read-request.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { Fault } from './settings.ts';

/** Where faults are switched while the sandbox runs; nothing that GoSpeech has. */
export const FAULTS_PATH = '/sandbox/faults';

const METHODS = 'GET, PUT, DELETE';
/** No timer of Node waits longer than 24 days. */
const MAX_DELAY_MS = 86_400_000;

const fault = z
  .strictObject({
    on: z.enum(['token', 'worklist']),
    times: z.int().min(1).exactOptional(),
    probability: z.number().min(0).max(1).exactOptional(),
    status: z.int().min(200).max(599).exactOptional(),
    body: z.string().exactOptional(),
    headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).exactOptional(),
    delayMs: z.int().min(0).max(MAX_DELAY_MS).exactOptional(),
    hang: z.boolean().exactOptional(),
    reset: z.boolean().exactOptional(),
  })
  .refine(
    ({ on: _on, times: _times, probability: _probability, ...effects }) => Object.keys(effects).length > 0,
    'needs an effect: status, body, headers, delayMs, hang or reset',
  );

/** The faults of a running sandbox. */
export interface FaultControl {
  readonly faults: () => readonly Fault[];
  readonly setFaults: (faults: readonly Fault[]) => void;
}

/**
 * GET gives the faults, PUT replaces them by a JSON array, DELETE ends them. Only for this machine's own tools: a web
 * page cannot send JSON to another origin without being allowed to, which nobody is, nor call the sandbox by another name.
 */
export async function controlFaults(request: IncomingMessage, control: FaultControl): Promise<Reply> {
  const { host = '', 'content-type': contentType = '' } = request.headers;
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)) {
    return jsonReply(421, { error: 'call the sandbox by its address, 127.0.0.1' });
  }
  if (request.method === 'GET') return jsonReply(200, control.faults());
  if (request.method === 'DELETE') return changed([]);
  if (request.method !== 'PUT')
    return jsonReply(405, { error: `the methods are ${METHODS}` }, { Allow: METHODS });
  if (!/^application\/json\b/i.test(contentType)) {
    return jsonReply(415, { error: 'faults are sent as Content-Type: application/json' });
  }
  const parsed = z.array(fault).safeParse(jsonOf(await readBody(request)));
  return parsed.success ? changed(parsed.data) : jsonReply(400, { error: problemsIn(parsed.error) });

  function changed(faults: readonly Fault[]): Reply {
    control.setFaults(faults);
    return jsonReply(200, control.faults());
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsIn({ issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => {
    const place = path.length === 0 ? 'the body' : `fault ${path.join('.')}`;
    return `${place}: ${message}`;
  });
  return problems.join('; ');
}
