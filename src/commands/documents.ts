/* `npm run documents -- FILE… > documents.json`: an allow-list of documents, one in each file, exactly as sent. */
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { decodeText } from '../config/read-text-file.ts';
import { documentHash } from '../document-hash.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

const files = process.argv.slice(2);
if (files.length === 0) fail('npm run documents -- FILE…   with one GraphQL document in each file');
else console.log(JSON.stringify(Object.fromEntries(files.map(entryOf)), null, 2));

function entryOf(file: string): readonly [hash: string, document: string] {
  try {
    const document = decodeText(readFileSync(file));
    parse(document);
    return [documentHash(document), document];
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : 'it cannot be read'}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
