import { GraphQLError, Kind, parse, validate, type FieldNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { measureDocument, type DocumentMeasure } from './measure-document.ts';

const MAX_TOKENS = 1_000;

/** Validation stops there: each of its errors may cost a search for a field that was meant. */
const MAX_ERRORS = 10;

interface Limit {
  readonly of: keyof DocumentMeasure;
  readonly most: number;
  /** What is counted, in the words of the error. */
  readonly words: string;
}

/** The most that one document may hold. The playground's introspection query stays well within it. */
const LIMITS: readonly Limit[] = [
  { of: 'depth', most: 20, words: 'levels of fields' },
  { of: 'rootFields', most: 20, words: 'root fields' },
  { of: 'aliases', most: 30, words: 'aliases' },
  { of: 'directives', most: 20, words: 'directives' },
  { of: 'pages', most: 10, words: 'pages' },
  {
    of: 'cost',
    most: 20_000,
    words: 'fields in the answer, those of a page counted for each of its records',
  },
];

export interface PageSizes {
  /** Where a page names no `limit`. */
  readonly defaultLimit: number;
  /** Taken for a `limit` that cannot be told. */
  readonly maxPageSize: number;
}

/**
 * Refuses what is too large with `QUERY_TOO_COMPLEX`, before it is validated, executed or costs a call: the
 * document's tokens while it is parsed, the rest once it is.
 */
export function useDocumentLimits(pageSizes: PageSizes): Plugin {
  return {
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: MAX_ERRORS }),
      );
    },
    onParse({ setParseFn, context }) {
      setParseFn(parseWithinLimit);
      return ({ result }) => {
        if (result === null || result instanceof Error) return;
        const variables = context.params.variables ?? {};
        const measure = measureDocument(result, (field) => pageSizeOf(field, variables, pageSizes));
        const broken = LIMITS.find(({ of, most }) => measure[of] > most);
        // Thrown, since the result is remembered for the document, whatever its variables are next time.
        if (broken !== undefined) throw tooComplex(`${broken.most} ${broken.words}`);
      };
    },
  };
}

const parseWithinLimit: typeof parse = (source, options) => {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    const isTooLong = error instanceof GraphQLError && error.message.includes('Parsing aborted');
    throw isTooLong ? tooComplex(`${MAX_TOKENS} tokens`) : error;
  }
};

function tooComplex(most: string): GraphQLError {
  return new GraphQLError(`The document is too complex: at most ${most} are allowed.`, {
    extensions: { code: 'QUERY_TOO_COMPLEX', retryable: false, http: { spec: true, status: 400 } },
  });
}

/** The `limit` of a page, as a literal or by its variable. */
function pageSizeOf(
  field: FieldNode,
  variables: Readonly<Record<string, unknown>>,
  { defaultLimit, maxPageSize }: PageSizes,
): number | undefined {
  if (field.name.value !== 'worklist') return undefined;
  const limit = field.arguments?.find(({ name }) => name.value === 'limit')?.value;
  if (limit === undefined) return defaultLimit;
  const value =
    limit.kind === Kind.VARIABLE ? variables[limit.name.value] : Kind.INT === limit.kind && limit.value;
  const size = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return size >= 0 && size <= maxPageSize ? size : maxPageSize;
}
