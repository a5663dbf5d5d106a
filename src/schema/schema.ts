import { builder } from './builder.ts';
import { withFieldPermissions } from './field-permissions.ts';
import { withResponseLifetime } from './response-lifetime.ts';
import './scalars.ts';
import './token.ts';
import './worklist.ts';

/** The whole schema. Its sorted SDL is `schema.graphql`. */
export const schema = withResponseLifetime(withFieldPermissions(builder.toSchema()));
schema.description =
  'The worklist of one GoSpeech service account, as its records go from speech to text. Errors have an `extensions.code`.';
