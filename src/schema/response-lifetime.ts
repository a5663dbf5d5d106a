import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { GatewayContext } from './context.ts';

/** How long the response to one operation stays right; each field that fetches may shorten it. */
export interface ResponseLifetime {
  /** Infinity while nothing has been fetched. */
  freshForMs: number;
}

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/**
 * Lets every field shorten the lifetime of the response by itself, so that none can forget it: what a resolver gives may
 * say `freshForMs`. A resolver that gives a promise fetches, and where what it fetched does not say it, the response may
 * not be kept.
 */
export function withResponseLifetime(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const isProperty = field.extensions['pothosExposedField'] !== undefined;
      if (field.resolve !== undefined && !isProperty) field.resolve = shortening(field.resolve);
    }
  }
  return schema;
}

function shortening(resolve: Resolver): Resolver {
  return (parent, args, context, info) => {
    const shortenTo = (freshForMs: number) => {
      const { lifetime } = context;
      lifetime.freshForMs = Math.min(lifetime.freshForMs, freshForMs);
    };
    const resolved = resolve(parent, args, context, info);
    if (!(resolved instanceof Promise)) {
      shortenTo(freshForMsOf(resolved) ?? Infinity);
      return resolved;
    }
    return resolved.then((fetched: unknown) => {
      shortenTo(freshForMsOf(fetched) ?? 0);
      return fetched;
    });
  };
}

function freshForMsOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('freshForMs' in value)) return undefined;
  return typeof value.freshForMs === 'number' ? value.freshForMs : undefined;
}
