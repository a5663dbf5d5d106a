import { useFragment } from '@apollo/client/react';
import { RECORD } from './documents.ts';
import { Modal } from './modal.tsx';

interface RecordDetailsProps {
  readonly id: string;
  onClose(): void;
}

/** All that GoSpeech says of a recording, as it is now: also what the schema does not know. */
export function RecordDetails({ id, onClose }: RecordDetailsProps) {
  const { data, complete } = useFragment({ fragment: RECORD, from: { __typename: 'Record', id } });
  if (!complete) return null;
  return (
    <Modal title={data.title ?? data.id} onClose={onClose}>
      <dl className="fields">
        {Object.entries(data.fields).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{textOf(value)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

function textOf(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
