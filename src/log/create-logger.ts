import { pino, type Logger } from 'pino';
import type { LogConfig } from '../config/parse-config.ts';

/** Writes to standard output: JSON lines, or lines for people. */
export async function createLogger({ level, format }: LogConfig): Promise<Logger> {
  if (format === 'json') return pino({ level });
  const { default: pretty } = await import('pino-pretty');
  const lines = pretty({
    sync: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino({ level }, lines);
}
