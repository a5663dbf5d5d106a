import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { GatewayContext } from './context.ts';

/** Tells how much longer, from when it is called, something stays right. */
type FreshForMs = () => number;

/** How long the response to a request stays right: no longer than anything that was fetched for it. */
export interface ResponseLifetime {
  /** Notes that something was fetched which stays right for so long; 0 where it may not be kept. */
  endWith(freshForMs: FreshForMs): void;
  /** How much longer, from now on; 0 where nothing was fetched. */
  freshForMs(): number;
}

export function createResponseLifetime(): ResponseLifetime {
  const parts: FreshForMs[] = [];
  return {
    endWith: (freshForMs) => void parts.push(freshForMs),
    freshForMs: () => (parts.length === 0 ? 0 : Math.min(...parts.map((part) => part()))),
  };
}

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/**
 * Lets every field end the lifetime of the response by itself, so that none can forget it: what a resolver gives may say
 * `freshForMs`. A resolver that gives a promise fetches, and where what it fetched does not say it, the response may not
 * be kept.
 */
export function withResponseLifetime(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      // A field without a resolver is a property of what was fetched.
      if (field.resolve !== undefined) field.resolve = noting(field.resolve);
    }
  }
  return schema;
}

function noting(resolve: Resolver): Resolver {
  return (parent, args, context, info) => {
    const { lifetime } = context;
    const resolved = resolve(parent, args, context, info);
    if (resolved instanceof Promise) {
      return resolved.then((fetched: unknown) => {
        lifetime.endWith(freshnessOf(fetched) ?? never);
        return fetched;
      });
    }
    const freshForMs = freshnessOf(resolved);
    if (freshForMs !== undefined) lifetime.endWith(freshForMs);
    return resolved;
  };
}

const never = () => 0;

function freshnessOf(value: unknown): FreshForMs | undefined {
  return saysFreshness(value) ? value.freshForMs : undefined;
}

function saysFreshness(value: unknown): value is { readonly freshForMs: FreshForMs } {
  return value instanceof Object && 'freshForMs' in value && typeof value.freshForMs === 'function';
}
