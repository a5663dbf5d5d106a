/* `npm run api-key -- NAME PERMISSION…`: makes a key, prints it once, and the line by which the gateway knows it. */
import { randomBytes } from 'node:crypto';
import { digestOf, parseApiKeys } from '../api-key.ts';
import { PERMISSIONS } from '../permissions.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

const [name, ...permissions] = process.argv.slice(2);
const key = `gsk_${randomBytes(32).toString('base64url')}`;
const line = [name, digestOf(key).toString('hex'), ...permissions].join(' ');
const parsed = parseApiKeys(line);

if (name === undefined || 'problems' in parsed) {
  const problems = 'problems' in parsed && name !== undefined ? parsed.problems.join('\n') : '';
  console.error(
    `npm run api-key -- NAME PERMISSION…   with ${PERMISSIONS.join(', ')}\n${problems}`.trimEnd(),
  );
  process.exitCode = 1;
} else {
  console.log(`The key, for the caller. It is shown this once, and stored nowhere:\n\n  ${key}\n`);
  console.log(
    `For the gateway, in GATEWAY_API_KEYS (several are separated by ";") with GATEWAY_AUTH=api-key:\n`,
  );
  console.log(`  ${line}`);
}
