import {
  GraphQLError,
  parse,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';
import { OPERATION_LIMITS } from '../limits.ts';
import { countSameFields } from './count-same-fields.ts';
import { findOperation } from './find-operation.ts';
import { measureOperation, type DocumentMeasure } from './measure-document.ts';
import { requestError } from './request-error.ts';
import { createSentValues, type SentValues } from './sent-values.ts';

interface Limit {
  readonly of: keyof DocumentMeasure;
  readonly most: number;
  /** What is counted, in the words of the error. */
  readonly words: string;
}

/** The most that one operation may hold. The playground's introspection query stays well within it. */
function limitsFor(maxPageSize: number): readonly Limit[] {
  const { maxDepth, maxRootFields, maxAliases, maxDirectives, maxPages, maxCost, maxCostPerRecord } =
    OPERATION_LIMITS;
  return [
    { of: 'depth', most: maxDepth, words: 'levels of fields' },
    { of: 'rootFields', most: maxRootFields, words: 'root fields' },
    { of: 'aliases', most: maxAliases, words: 'aliases' },
    { of: 'directives', most: maxDirectives, words: 'directives' },
    { of: 'pages', most: maxPages, words: 'pages' },
    {
      of: 'cost',
      most: Math.max(maxCost, maxCostPerRecord * maxPageSize),
      words: 'fields in the answer, those of a page counted for each of its records',
    },
  ];
}

export interface DocumentLimitsOptions {
  readonly schema: GraphQLSchema;
  /** Taken for a page whose size cannot be told. */
  readonly maxPageSize: number;
}

export interface DocumentLimits {
  readonly plugin: Plugin;
  /** Whether an operation that was let through once is within the limits whatever is sent with it. */
  isHarmless(operation: OperationDefinitionNode): boolean;
}

/**
 * Refuses what is too large with `QUERY_TOO_COMPLEX`, before it is validated, executed or costs a call: the
 * document's tokens and repeated fields while it is parsed, then what its operation runs with the variables that were sent.
 */
export function createDocumentLimits({ schema, maxPageSize }: DocumentLimitsOptions): DocumentLimits {
  const limits = limitsFor(maxPageSize);

  /** The limit that an operation breaks with these values. */
  function brokenBy(document: DocumentNode, operation: OperationDefinitionNode, values: SentValues) {
    const measure = measureOperation({
      schema,
      document,
      operation,
      pageSizeOf: (field, definition) => pageSizeOf(field, definition, values, maxPageSize),
      isLeftOut: values.isLeftOut,
    });
    return limits.find(({ of, most }) => measure[of] > most);
  }

  const harmless = new WeakSet<OperationDefinitionNode>();

  return {
    isHarmless: (operation) => harmless.has(operation),
    plugin: {
      onParse({ setParseFn, context }) {
        setParseFn(parseWithinLimit);
        return ({ result }) => {
          if (result === null || result instanceof Error) return;
          const operation = findOperation(result, context.params.operationName);
          // It need not be measured again.
          if (harmless.has(operation)) return;
          const values = createSentValues(operation, context.params.variables ?? {});
          const broken = brokenBy(result, operation, values);
          // Thrown, since the document is remembered for other variables too.
          if (broken !== undefined) throw tooComplex(`${broken.most} ${broken.words}`);
          if (brokenBy(result, operation, AT_WORST) === undefined) harmless.add(operation);
        };
      },
    },
  };
}

/** All pages have their largest size, and nothing is left out. */
const AT_WORST: SentValues = { of: () => null, isLeftOut: () => false };

const parseWithinLimit: typeof parse = (source, options) => {
  const document = parseShort(source, options);
  if (countSameFields(document) > OPERATION_LIMITS.maxSameFields) {
    throw tooComplex(`${OPERATION_LIMITS.maxSameFields} fields of one name that have fields of their own`);
  }
  return document;
};

const parseShort: typeof parse = (source, options) => {
  try {
    return parse(source, { ...options, maxTokens: OPERATION_LIMITS.maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const isTooLong = error.message.includes('Parsing aborted');
    throw isTooLong
      ? tooComplex(`${OPERATION_LIMITS.maxTokens} tokens`)
      : requestError('GRAPHQL_PARSE_FAILED', error.message, { located: error });
  }
};

function tooComplex(most: string): GatewayError {
  return new GatewayError('QUERY_TOO_COMPLEX', `The document is too complex: at most ${most} are allowed.`);
}

/** How many records a field asks for, by the argument that its `pageSizeArgument` names in the schema. */
function pageSizeOf(
  field: FieldNode,
  { extensions: { pageSizeArgument }, args }: GraphQLField<unknown, unknown>,
  values: SentValues,
  maxPageSize: number,
): number | undefined {
  if (pageSizeArgument === undefined) return undefined;
  const given = values.of(field.arguments?.find(({ name }) => name.value === pageSizeArgument)?.value);
  const size = given === undefined ? args.find(({ name }) => name === pageSizeArgument)?.defaultValue : given;
  return typeof size === 'number' && size >= 0 && size <= maxPageSize ? size : maxPageSize;
}
