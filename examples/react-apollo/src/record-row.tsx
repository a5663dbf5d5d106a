import { memo, useId } from 'react';
import { formatInstant, formatLength } from './format.ts';
import type { WorklistRecordFragment } from './gql/graphql.ts';

interface RecordRowProps {
  readonly record: WorklistRecordFragment;
  onOpen(id: string): void;
}

/** A recording of the list. It is drawn again only when something of it has changed. */
export const RecordRow = memo(function RecordRow({ record, onOpen }: RecordRowProps) {
  const title = record.title ?? record.id;
  // Many have the same title: what else there is of them is read out with it.
  const factsId = useId();
  const statusId = useId();
  const facts = [
    record.language,
    record.durationMs !== null && formatLength(record.durationMs),
    record.createdAt !== null && formatInstant(record.createdAt),
  ];
  return (
    <li className="record">
      <button
        type="button"
        className="title"
        aria-haspopup="dialog"
        aria-describedby={`${factsId} ${statusId}`}
        onClick={() => onOpen(record.id)}
      >
        {title}
      </button>
      <span className="facts" id={factsId}>
        {facts.filter(Boolean).join(' · ')}
      </span>
      <RecordStatus id={statusId} status={record.status} progress={record.progress} title={title} />
    </li>
  );
});

interface RecordStatusProps {
  readonly id: string;
  readonly status: string | null;
  readonly progress: number | null;
  readonly title: string;
}

/** Goes by `progress`, and shows the status as it is: nobody knows all words that GoSpeech has for it. */
function RecordStatus({ id, status, progress, title }: RecordStatusProps) {
  const isDone = progress === 100;
  const kind = kindOf(status, isDone);
  return (
    <span className="status" id={id}>
      <span className={`badge ${kind}`}>{status ?? (isDone ? 'Done' : 'Unknown')}</span>
      {progress !== null && !isDone && (
        <>
          {kind !== 'failed' && <progress max={100} value={progress} aria-label={`Progress of ${title}`} />}
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
