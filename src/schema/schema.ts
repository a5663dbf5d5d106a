import { builder } from './builder.ts';
import './scalars.ts';
import './token.ts';
import './worklist.ts';

/** The whole schema. Its sorted SDL is `schema.graphql`. */
export const schema = builder.toSchema();
