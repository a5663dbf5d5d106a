import type { WorklistRecord } from '../datasources/worklist-record.ts';
import { builder } from './builder.ts';

export const RecordRef = builder.objectRef<WorklistRecord>('Record');

RecordRef.implement({
  description:
    'One recording in the worklist, on its way from speech to text. A field is null where GoSpeech sends nothing for it, or nothing of the expected type; `fields` has all that it sends.',
  fields: (t) => ({
    id: t.exposeID('id', { description: "GoSpeech's identifier, exactly as sent." }),
    title: t.exposeString('title', { nullable: true, description: 'What people call the recording.' }),
    status: t.exposeString('status', {
      nullable: true,
      description: 'Where the recording is on its way, in the words of GoSpeech, which names no closed set.',
    }),
    progress: t.exposeFloat('progress', {
      nullable: true,
      description: 'How much of it is done, in percent: 0 to 100.',
    }),
    language: t.exposeString('language', {
      nullable: true,
      description: 'The spoken language as GoSpeech writes it, for example `de-DE`.',
    }),
    durationMs: t.exposeFloat('durationMs', {
      nullable: true,
      description: 'The length of the media in milliseconds. Null where GoSpeech does not say the unit.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the record was made.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the record last changed.',
    }),
    fields: t.expose('fields', {
      type: 'JSONObject',
      description: 'The record as GoSpeech sent it, including what this schema does not know.',
    }),
  }),
});
