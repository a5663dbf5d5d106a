import { memo } from 'react';
import { formatInstant, formatLength } from './format.ts';
import type { WorklistRecordFragment } from './gql/graphql.ts';

interface RecordRowProps {
  readonly record: WorklistRecordFragment;
  onOpen(id: string): void;
}

/** A recording of the list. It is drawn again only when something of it has changed. */
export const RecordRow = memo(function RecordRow({ record, onOpen }: RecordRowProps) {
  const title = record.title ?? record.id;
  const facts = [
    record.language,
    record.durationMs !== null && formatLength(record.durationMs),
    record.createdAt !== null && formatInstant(record.createdAt),
  ];
  return (
    <li className="record">
      <button type="button" className="title" aria-haspopup="dialog" onClick={() => onOpen(record.id)}>
        {title}
      </button>
      <span className="facts">{facts.filter(Boolean).join(' · ')}</span>
      <RecordStatus status={record.status} progress={record.progress} title={title} />
    </li>
  );
});

interface RecordStatusProps {
  readonly status: string | null;
  readonly progress: number | null;
  readonly title: string;
}

/** Goes by `progress`, and shows the status as it is: nobody knows all words that GoSpeech has for it. */
function RecordStatus({ status, progress, title }: RecordStatusProps) {
  const isDone = progress === 100;
  return (
    <span className="status">
      <span className={`badge ${kindOf(status, isDone)}`}>{status ?? (isDone ? 'Done' : 'Unknown')}</span>
      {progress !== null && !isDone && (
        <>
          <progress max={100} value={progress} aria-label={`Progress of ${title}`} />
          <span className="percent">{Math.floor(progress)} %</span>
        </>
      )}
    </span>
  );
}

/** A colour, for the words that are known. */
function kindOf(status: string | null, isDone: boolean): string {
  if (isDone) return 'done';
  return status !== null && /fail|error/i.test(status) ? 'failed' : 'other';
}
