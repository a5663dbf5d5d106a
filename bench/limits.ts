/*
 * How long the gateway takes to answer the worst documents that fit into a request, and what it holds in memory while
 * clients send what is different each time. It runs as a process of its own.
 *
 *   npm run bench:limits
 *   npm run bench:limits -- --fast    (a quarter of each flood)
 */
import { startSandbox } from '../src/sandbox/start-sandbox.ts';
import { settingsFor } from '../test/support/spawn-gateway.ts';
import { memory } from './limits/memory.ts';
import { worstDocuments } from './limits/worst-documents.ts';
import { startBenchGateway } from './support/gateway.ts';

const MAIN = 'dist/main.js';
const share = process.argv.includes('--fast') ? 0.25 : 1;

const sandbox = await startSandbox();
const gateway = await startBenchGateway(MAIN, { ...settingsFor(sandbox), GATEWAY_RATE_BURST: '1000000' });
try {
  await worstDocuments(gateway);
} finally {
  await gateway.stop();
  await sandbox.close();
}
await memory(MAIN, share);
