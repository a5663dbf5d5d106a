import SchemaBuilder from '@pothos/core';
import type { GatewayContext } from './context.ts';

/** It holds types only, no client and no setting, so importing it does nothing. */
export const builder = new SchemaBuilder<{
  Context: GatewayContext;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: never; Output: string };
    JSONObject: { Input: never; Output: Readonly<Record<string, unknown>> };
    ID: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false });

builder.queryType({ description: 'What the service account sees at GoSpeech.' });
builder.subscriptionType({ description: 'What changes at GoSpeech, as it does.' });
