import { builder } from './builder.ts';
import { withResponseLifetime } from './response-lifetime.ts';
import './scalars.ts';
import './token.ts';
import './worklist.ts';

/** The whole schema. Its sorted SDL is `schema.graphql`. */
export const schema = withResponseLifetime(builder.toSchema());
