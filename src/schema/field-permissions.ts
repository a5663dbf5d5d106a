import { isObjectType, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { GatewayError } from '../errors.ts';
import { isPermission, type Permission } from '../permissions.ts';
import type { GatewayContext } from './context.ts';

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/**
 * Refuses a field that says which permission it needs (`extensions: { permission }`) to callers without that, with
 * `FORBIDDEN`, before it is resolved. Throws where a field at the top says none, where what a field says is no
 * permission, or where nothing resolves it: the gateway would not start.
 */
export function withFieldPermissions(schema: GraphQLSchema): GraphQLSchema {
  const isRoot = (type: GraphQLObjectType) =>
    type === schema.getQueryType() ||
    type === schema.getMutationType() ||
    type === schema.getSubscriptionType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const permission: unknown = field.extensions['permission'];
      if (permission === undefined && !isRoot(type)) continue;
      const name = `${type.name}.${field.name}`;
      if (typeof permission !== 'string' || !isPermission(permission) || field.resolve === undefined) {
        throw new Error(`${name} must have a resolver, and a permission that there is.`);
      }
      field.resolve = permitted(field.resolve, permission, name);
      // What a subscription begins, too.
      if (field.subscribe !== undefined) field.subscribe = permitted(field.subscribe, permission, name);
    }
  }
  return schema;
}

function permitted(resolve: Resolver, permission: Permission, name: string): Resolver {
  return (parent, args, context, info) => {
    if (context.permissions.has(permission)) return resolve(parent, args, context, info);
    throw new GatewayError('FORBIDDEN', `${name} needs the permission ${permission}.`);
  };
}
