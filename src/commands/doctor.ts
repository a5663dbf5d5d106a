/*
 * `npm run doctor -- --save-shape FILE`: walks the way from the settings to a page of the worklist, and says what to do
 * where it fails. Its exit code is 0 only where a query for the worklist would work.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../clock.ts';
import { formatFinding } from '../doctor/finding.ts';
import { runDoctor } from '../run-doctor.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

try {
  const { values } = parseArgs({ options: { 'save-shape': { type: 'string' } } });
  const isWell = await runDoctor({
    environment: process.env,
    saveShapeTo: values['save-shape'],
    clock: systemClock,
    tell: (finding) => console.log(formatFinding(finding)),
  });
  console.log(isWell ? '\nA query for the worklist works.' : '\nA query for the worklist does not work yet.');
  process.exitCode = isWell ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
