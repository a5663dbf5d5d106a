/* `npm run documents -- FILE… > documents.json`: an allow-list of documents, one in each file, exactly as sent. */
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { decodeText } from '../config/read-text-file.ts';
import { documentHash } from '../document-hash.ts';
import { endWithReader } from './end-with-reader.ts';

endWithReader(process.stdout, (code) => process.exit(code));

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('npm run documents -- FILE…   with one GraphQL document in each file');
  process.exitCode = 1;
} else {
  const documents = files.map((file) => {
    const text = decodeText(readFileSync(file));
    parse(text);
    return [documentHash(text), text];
  });
  console.log(JSON.stringify(Object.fromEntries(documents), null, 2));
}
