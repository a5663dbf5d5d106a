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
        'The records of this page, in the order of GoSpeech. Fewer than `limit` at the end of the list, where GoSpeech leaves some out, or gives no more at once to a page with `after`: `hasNextPage` tells.',
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

const WINDOW_RULES = {
  limit:
    'How many records to give: 0 to the largest page this gateway serves (its setting `GOSPEECH_MAX_PAGE_SIZE`, 100 unless changed).',
} as const;

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
      after: t.arg.id({
        description:
          'Gives the records behind the one with this `id`, wherever it stands by now: so nobody who reads page after page misses a record, or gets one twice, while the list grows or shrinks before it. Take the `id` of the last record of the page before. Where the gateway cannot find it, the error is `CURSOR_LOST`: read on behind an earlier record; where none is left, from its `extensions.offset` on.',
      }),
      offset: t.arg.int({
        required: true,
        defaultValue: 0,
        description:
          'How many records to skip: 0 or more. With `after`, where its page was thought to begin: the gateway looks there first, so give the `offset` of the page before plus the number of its records.',
      }),
      limit: t.arg.int({
        required: true,
        defaultValue: DEFAULT_LIMIT,
        description: WINDOW_RULES.limit,
      }),
    },
    resolve(_root, { after, ...window }, { worklist, maxPageSize }) {
      const { offset, limit } = pageWindow(window, maxPageSize);
      return typeof after === 'string'
        ? worklist.loadBehind({ after, offset, limit })
        : worklist.load({ offset, limit });
    },
  }),
);

builder.subscriptionField('worklist', (t) =>
  t.field({
    type: WorklistRef,
    nullable: true,
    description:
      "One page of the service account's worklist: at once, and again each time that it changes. The gateway looks every few seconds, more often while records are in motion. Whoever reads slowly misses pages in between, never the last. While GoSpeech fails the page is `stale`, or null with an error, and the stream goes on. Needs the permission `worklist:read`.",
    extensions: { permission: 'worklist:read', pageSizeArgument: 'limit' },
    args: {
      offset: t.arg.int({
        required: true,
        defaultValue: 0,
        description: 'How many records to skip: 0 or more.',
      }),
      limit: t.arg.int({ required: true, defaultValue: DEFAULT_LIMIT, description: WINDOW_RULES.limit }),
    },
    subscribe: (_root, args, { livePages, maxPageSize }) => livePages.watch(pageWindow(args, maxPageSize)),
    resolve(outcome) {
      if ('error' in outcome) throw outcome.error;
      return outcome.page;
    },
  }),
);
