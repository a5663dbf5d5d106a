import { useId, useState } from 'react';
import { BusyButton } from './busy-button.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Freshness } from './freshness.tsx';
import { RecordDetails } from './record-details.tsx';
import { RecordRow } from './record-row.tsx';
import { useWorklist, type LoadedWorklist } from './use-worklist.ts';

interface WorklistProps {
  onSignIn(): void;
}

/** The worklist, with what there is to do with it. */
export function Worklist({ onSignIn }: WorklistProps) {
  const { list, liveCount, isBusy, failure, showMore, refresh } = useWorklist();
  const [openId, setOpenId] = useState<string>();
  return (
    <>
      {failure && <ErrorNotice failure={failure} isBusy={isBusy} onSignIn={onSignIn} />}
      {!list && !failure && <output>Loading …</output>}
      {list && (
        <>
          <div className="toolbar">
            <Freshness list={list} liveCount={liveCount} />
            <BusyButton className="quiet" isBusy={isBusy} onPress={refresh}>
              Refresh
            </BusyButton>
          </div>
          <LoadedRecords list={list} onOpen={setOpenId} />
          {list.hasNextPage && (
            <BusyButton className="more" isBusy={isBusy} onPress={showMore}>
              Show more
            </BusyButton>
          )}
        </>
      )}
      {openId !== undefined && <RecordDetails id={openId} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

interface LoadedRecordsProps {
  readonly list: LoadedWorklist;
  onOpen(id: string): void;
}

/** What is loaded, and of it what fits what the user looks for. */
function LoadedRecords({ list: { records, total }, onOpen }: LoadedRecordsProps) {
  const [text, setText] = useState('');
  const [status, setStatus] = useState('');
  const textId = useId();
  const statusId = useId();
  // The one that is chosen stays, also where no record has it any more.
  const known = new Set([status, ...records.map((record) => record.status ?? '')]);
  const statuses = [...known].filter(Boolean).toSorted();
  const wanted = folded(text.trim());
  const shown = records.filter(
    (record) =>
      folded(record.title ?? record.id).includes(wanted) && (status === '' || record.status === status),
  );
  return (
    <>
      <search className="filter">
        <label htmlFor={textId}>Title</label>
        <input id={textId} type="search" value={text} onChange={(event) => setText(event.target.value)} />
        <label htmlFor={statusId}>Status</label>
        <select id={statusId} value={status} onChange={(event) => setStatus(event.target.value)}>
          <option value="">Any</option>
          {statuses.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </search>
      <output className="count">{countOf(shown.length, records.length, total)}</output>
      <ul className="records">
        {shown.map((record) => (
          <RecordRow key={record.id} record={record} onOpen={onOpen} />
        ))}
      </ul>
    </>
  );
}

/** A text without what few people type: case and accents. */
function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function countOf(shown: number, loaded: number, total: number | null): string {
  const all =
    total === null || total === loaded ? `${loaded} recordings` : `${loaded} of ${total} recordings loaded`;
  return shown === loaded ? all : `${shown} found in ${all}`;
}
