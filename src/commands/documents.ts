/*
 * `npm run documents -- --output documents.json FILE…`: an allow-list of documents, one in each file, exactly as they are
 * sent. Without `--output` it is printed. Nothing is made where one of them would not run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GraphQLError, Kind, parse, validate } from 'graphql';
import { decodeText } from '../config/read-text-file.ts';
import { documentHash } from '../document-hash.ts';
import { schema } from '../schema/schema.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

try {
  run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function run(): void {
  const { values, positionals: files } = parseArgs({
    options: { output: { type: 'string' } },
    allowPositionals: true,
  });
  if (files.length === 0) {
    throw new Error('npm run documents -- [--output FILE] FILE…   with one GraphQL document in each file');
  }
  const documents = files.map(read);
  const problems = documents.flatMap((document) => document.problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));

  const list = Object.fromEntries(documents.map(({ text }) => [documentHash(text), text]));
  const json = JSON.stringify(list, null, 2);
  if (values.output === undefined) return console.log(json);
  writeFileSync(values.output, `${json}\n`);
  console.log(`${Object.keys(list).length} documents are in ${values.output}.`);
}

/** The text of a document, and all that keeps it from running, with file and line. */
function read(file: string): { readonly text: string; readonly problems: readonly string[] } {
  try {
    const text = decodeText(readFileSync(file));
    const document = parse(text);
    const errors = validate(schema, document);
    const hasOperation = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const problems = errors.map((error) => describe(file, error));
    return { text, problems: hasOperation ? problems : [...problems, `${file}: It holds no operation.`] };
  } catch (error) {
    return { text: '', problems: [describe(file, error)] };
  }
}

function describe(file: string, error: unknown): string {
  if (!(error instanceof Error)) return `${file}: It cannot be read.`;
  const { line, column } = (error instanceof GraphQLError ? error.locations?.[0] : undefined) ?? {};
  return `${file}${line === undefined ? '' : `:${line}:${column}`}: ${error.message}`;
}
