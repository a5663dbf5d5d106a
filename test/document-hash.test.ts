import { expect, test } from 'vitest';
import { documentHash } from '../src/document-hash.ts';

// The example of Apollo's documentation of automatic persisted queries.
test('a document has the name that Apollo Client gives it', () => {
  expect(documentHash('{__typename}')).toBe(
    'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38',
  );
});
