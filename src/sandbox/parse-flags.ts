import { parseArgs } from 'node:util';
import { DEFAULT_SETTINGS, TOTALS, USUAL_ARRIVAL_MS, type Fault } from './settings.ts';
import { SHAPES, type ShapeName } from './shapes.ts';
import type { SandboxOptions } from './start-sandbox.ts';

/** The oldest of so many records is from some 340 years ago, which a `Date` still knows. */
const MAX_RECORDS = 1_000_000;
/** Pages are made whole, in memory. */
const MAX_LIMIT = 10_000;
/** A day. No timer of Node waits longer than 24 of them. */
const MAX_LATENCY_MS = 86_400_000;
const MAX_LIFETIME_S = 2 ** 31 - 1;
const MAX_ARRIVAL_S = 86_400;
const MAX_REQUESTS = 1_000_000;

const FLAGS = {
  port: { type: 'string', default: '4010', takes: 'a port from 0 to 65535; 0 is any free one' },
  records: {
    type: 'string',
    default: `${DEFAULT_SETTINGS.recordCount}`,
    takes: `a number of records from 0 to ${MAX_RECORDS}`,
  },
  'arrival-s': {
    type: 'string',
    default: `${USUAL_ARRIVAL_MS / 1_000}`,
    takes: `the seconds between two new records, about, from 0 to ${MAX_ARRIVAL_S}; 0 is never`,
  },
  'latency-ms': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.latencyMs}`,
    takes: `the milliseconds before each answer, from 0 to ${MAX_LATENCY_MS}`,
  },
  'max-limit': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.maxLimit}`,
    takes: `the most records on one page, from 1 to ${MAX_LIMIT}`,
  },
  'token-lifetime-s': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.accessTokenLifetimeS}`,
    takes: `the seconds an access token lives, from 1 to ${MAX_LIFETIME_S}`,
  },
  'rate-limit': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.maxRequestsPerMinute}`,
    takes: `the requests for a page in a minute, before 429, from 0 to ${MAX_REQUESTS}; 0 is any number`,
  },
  shape: {
    type: 'string',
    default: DEFAULT_SETTINGS.shape,
    takes: `how a page is written, one of ${Object.entries(SHAPES)
      .map(([name, { words }]) => `${name} (${words})`)
      .join(', ')}`,
  },
  total: { type: 'string', default: DEFAULT_SETTINGS.total, takes: `one of ${TOTALS.join(', ')}` },
  fault: {
    type: 'string',
    multiple: true,
    takes:
      'TARGET:EFFECT[:PROBABILITY], where TARGET is token or worklist, EFFECT is a status from 200 to 599, ' +
      'hang or reset, and PROBABILITY is from 0 to 1; it may be repeated',
  },
} as const;

type FlagName = keyof typeof FLAGS;

/** The flags and what each takes, for people. */
export const HELP = [
  'Starts a stand-in for GoSpeech on this machine.',
  ...Object.entries(FLAGS).map(([name, flag]) => {
    const fallback = 'default' in flag ? ` (default ${flag.default})` : '';
    return `--${name} takes ${flag.takes}${fallback}`;
  }),
].join('\n  ');

/** Reads the command line; `'help'` when it asks for help. Throws an error of one line for a bad flag. */
export function parseFlags(args: readonly string[]): SandboxOptions | 'help' {
  const values = parseStrictly(args);
  if (values.help) return 'help';
  const total = TOTALS.find((name) => name === values.total);
  if (total === undefined) throw misuse('total');
  if (!isShapeName(values.shape)) throw misuse('shape');
  return {
    port: wholeNumber('port', values.port, 0, 65_535),
    settings: {
      recordCount: wholeNumber('records', values.records, 0, MAX_RECORDS),
      arrivalEveryMs: wholeNumber('arrival-s', values['arrival-s'], 0, MAX_ARRIVAL_S) * 1_000,
      maxRequestsPerMinute: wholeNumber('rate-limit', values['rate-limit'], 0, MAX_REQUESTS),
      shape: values.shape,
      latencyMs: wholeNumber('latency-ms', values['latency-ms'], 0, MAX_LATENCY_MS),
      maxLimit: wholeNumber('max-limit', values['max-limit'], 1, MAX_LIMIT),
      accessTokenLifetimeS: wholeNumber('token-lifetime-s', values['token-lifetime-s'], 1, MAX_LIFETIME_S),
      total,
      faults: (values.fault ?? []).map(parseFault),
    },
  };
}

function parseStrictly(args: readonly string[]) {
  const options = { ...FLAGS, help: { type: 'boolean' } } as const;
  const { values, tokens } = parseOrExplain(() => parseArgs({ args: [...args], options, tokens: true }));
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const again = names.find((name, index) => name !== 'fault' && names.indexOf(name) < index);
  if (again !== undefined && values.help !== true) throw new Error(`--${again} can be given only once`);
  return values;
}

function parseOrExplain<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    // Of a flag without its value Node says, in up to three lines, which one it is, but not what it takes.
    const [, named = ''] = /'--([\w-]+)/.exec(String(error)) ?? [];
    throw isFlagName(named) ? misuse(named) : error;
  }
}

function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

function isShapeName(name: string): name is ShapeName {
  return Object.hasOwn(SHAPES, name);
}

function misuse(name: FlagName): Error {
  return new Error(`--${name} takes ${FLAGS[name].takes}`);
}

function wholeNumber(name: FlagName, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw misuse(name);
  return value;
}

function parseFault(text: string): Fault {
  const [, on, effect, chance = '1'] = /^(\w+):(hang|reset|[2-5]\d\d)(?::(\d*\.?\d+))?$/.exec(text) ?? [];
  const probability = Number(chance);
  if ((on !== 'token' && on !== 'worklist') || probability > 1) throw misuse('fault');
  if (effect === 'hang') return { on, probability, hang: true };
  if (effect === 'reset') return { on, probability, reset: true };
  return { on, probability, status: Number(effect) };
}
