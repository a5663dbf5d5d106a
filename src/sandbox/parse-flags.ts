import { parseArgs } from 'node:util';
import { DEFAULT_SETTINGS, TOTALS, type Fault } from './settings.ts';
import type { SandboxOptions } from './start-sandbox.ts';

/** The longest a timer of Node waits, and more than any flag needs. */
const MAX_NUMBER = 2 ** 31 - 1;

const FLAGS = {
  port: { type: 'string', default: '4010', takes: 'a port from 0 to 65535; 0 is any free one' },
  records: {
    type: 'string',
    default: `${DEFAULT_SETTINGS.recordCount}`,
    takes: 'a number of records, 0 or more',
  },
  'latency-ms': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.latencyMs}`,
    takes: 'the milliseconds before each answer, 0 or more',
  },
  'max-limit': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.maxLimit}`,
    takes: 'the most records on one page, 1 or more',
  },
  'token-lifetime-s': {
    type: 'string',
    default: `${DEFAULT_SETTINGS.accessTokenLifetimeS}`,
    takes: 'the seconds an access token lives, 1 or more',
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
  return {
    port: wholeNumber('port', values.port, 0, 65_535),
    settings: {
      recordCount: wholeNumber('records', values.records, 0),
      latencyMs: wholeNumber('latency-ms', values['latency-ms'], 0),
      maxLimit: wholeNumber('max-limit', values['max-limit'], 1),
      accessTokenLifetimeS: wholeNumber('token-lifetime-s', values['token-lifetime-s'], 1),
      total,
      faults: (values.fault ?? []).map(parseFault),
    },
  };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { ...FLAGS, help: { type: 'boolean' } } }).values;
  } catch (error) {
    // Of a flag without its value Node says, in up to three lines, which one it is, but not what it takes.
    const [, named = ''] = /'--([\w-]+)/.exec(String(error)) ?? [];
    throw isFlagName(named) ? misuse(named) : error;
  }
}

function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

function misuse(name: FlagName): Error {
  return new Error(`--${name} takes ${FLAGS[name].takes}`);
}

function wholeNumber(name: FlagName, text: string, least: number, most = MAX_NUMBER): number {
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
