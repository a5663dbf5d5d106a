import type { WorklistPage } from '../datasources/worklist-page.ts';
import { builder } from './builder.ts';
import { DEFAULT_LIMIT, pageWindow } from './page-arguments.ts';
import { RecordRef } from './record.ts';

export const WorklistRef = builder.objectRef<WorklistPage>('Worklist');

WorklistRef.implement({
  description: "One page of the service account's worklist.",
  fields: (t) => ({
    records: t.expose('records', {
      type: [RecordRef],
      description:
        'The records of this page, in the order of GoSpeech. Fewer than `limit` at the end of the list, or where GoSpeech leaves some out: `hasNextPage` tells.',
    }),
    offset: t.exposeInt('offset', { description: 'The position of the first record; the list begins at 0.' }),
    limit: t.exposeInt('limit', { description: 'How many records were asked for.' }),
    total: t.exposeInt('total', {
      nullable: true,
      description:
        'How many records the whole list holds. Null where GoSpeech does not say, or contradicts itself.',
    }),
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description: 'Whether records follow. Without a total, true until a page is known to be the last.',
    }),
    fetchedAt: t.expose('fetchedAt', {
      type: 'DateTime',
      description: 'When the gateway asked GoSpeech for this page.',
    }),
    stale: t.exposeBoolean('stale', {
      description:
        'Whether the page is older than the gateway promises (its setting `CACHE_TTL_MS`), or the list is known to have changed since.',
    }),
  }),
});

builder.queryField('worklist', (t) =>
  t.field({
    type: WorklistRef,
    nullable: true,
    description: "One page of the service account's worklist. Needs the permission `worklist:read`.",
    extensions: {
      permission: 'worklist:read',
      // For the limits of documents: this argument says how many records the response may hold.
      pageSizeArgument: 'limit',
      // For what runs documents: within one operation, asking again gives the same.
      isRepeatable: true,
    },
    args: {
      offset: t.arg.int({
        required: true,
        defaultValue: 0,
        description: 'How many records to skip: 0 or more.',
      }),
      limit: t.arg.int({
        required: true,
        defaultValue: DEFAULT_LIMIT,
        description:
          'How many records to give: 0 to the largest page this gateway serves (its setting `GOSPEECH_MAX_PAGE_SIZE`, 100 unless changed).',
      }),
    },
    resolve: (_root, args, { worklist, maxPageSize }) => worklist.load(pageWindow(args, maxPageSize)),
  }),
);
