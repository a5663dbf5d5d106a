import { expect, test } from 'vitest';
import { HELP, parseFlags } from '../../src/sandbox/parse-flags.ts';
import { DEFAULT_SETTINGS } from '../../src/sandbox/settings.ts';

test('without flags the sandbox is healthy, its list grows, and it listens on port 4010', () => {
  const { requirePassword: _notAFlag, ...settings } = DEFAULT_SETTINGS;
  expect(parseFlags([])).toEqual({ port: 4_010, settings: { ...settings, arrivalEveryMs: 60_000 } });
});

test('each flag changes its setting', () => {
  const line =
    '--port 0 --records 7 --latency-ms 200 --max-limit 50 --token-lifetime-s 60 --total none --fault token:500 ' +
    '--arrival-s 5 --rate-limit 9 --shape german';
  expect(parseFlags(line.split(' '))).toEqual({
    port: 0,
    settings: {
      recordCount: 7,
      arrivalEveryMs: 5_000,
      maxRequestsPerMinute: 9,
      shape: 'german',
      latencyMs: 200,
      maxLimit: 50,
      accessTokenLifetimeS: 60,
      total: 'none',
      faults: [{ on: 'token', probability: 1, status: 500 }],
    },
  });
});

test('faults may be repeated, and each may have a probability', () => {
  const line = '--fault worklist:503:0.1 --fault token:hang --fault worklist:reset:.5';
  expect(parseFlags(line.split(' '))).toMatchObject({
    settings: {
      faults: [
        { on: 'worklist', probability: 0.1, status: 503 },
        { on: 'token', probability: 1, hang: true },
        { on: 'worklist', probability: 0.5, reset: true },
      ],
    },
  });
});

test.each([
  '--port',
  '--port -1',
  '--port=65536',
  '--port=1.5',
  '--records=many',
  '--records=',
  '--latency-ms=-1',
  '--latency-ms=2147483648',
  '--latency-ms=86400001',
  '--records=1000000000',
  '--records=1000001',
  '--records=1e9',
  '--max-limit=10001',
  '--token-lifetime-s=2147483648',
  '--total=',
  '--fault=',
  '--max-limit=0',
  '--token-lifetime-s=0',
  '--total=some',
  '--arrival-s=86401',
  '--arrival-s=often',
  '--rate-limit=-1',
  '--rate-limit=1000001',
  '--shape=english',
  '--shape=toString',
  '--fault=worklist',
  '--fault=records:503',
  '--fault=worklist:99',
  '--fault=worklist:600',
  '--fault=worklist:503:1.1',
  '--fault=worklist:503:',
  '--fault=worklist:503:1:1',
])('%s is refused in one line that names the flag and what it takes', (line) => {
  const [name] = line.split(/[ =]/);
  expect(() => parseFlags(line.split(' '))).toThrow(new RegExp(`^${name} takes .+$`));
});

test.each(['--unknown', '-p', 'stray'])('%s is refused in one line that names it', (argument) => {
  expect(() => parseFlags([argument])).toThrow(new RegExp(`^.*'${argument}'.*$`));
});

test.each(['--port 1 --port 2', '--records=1 --port 0 --records=1', '--total none --total exact'])(
  '%s is refused, since only one of them could count',
  (line) => {
    expect(() => parseFlags(line.split(' '))).toThrow(/^--(?:port|records|total) can be given only once$/);
  },
);

test('the most that each flag takes is taken', () => {
  const line =
    '--records 1000000 --latency-ms 86400000 --max-limit 10000 --token-lifetime-s 2147483647 --port 65535';
  expect(parseFlags(line.split(' '))).toMatchObject({
    port: 65_535,
    settings: {
      recordCount: 1_000_000,
      latencyMs: 86_400_000,
      maxLimit: 10_000,
      accessTokenLifetimeS: 2_147_483_647,
    },
  });
});

test('help is given when asked for, whatever else is', () => {
  expect(parseFlags(['--port', '0', '--help'])).toBe('help');
});

test('the help names each flag', () => {
  const named = HELP.match(/--[\w-]+/g);
  expect(named).toEqual([
    '--port',
    '--records',
    '--arrival-s',
    '--latency-ms',
    '--max-limit',
    '--token-lifetime-s',
    '--rate-limit',
    '--shape',
    '--total',
    '--fault',
  ]);
});
