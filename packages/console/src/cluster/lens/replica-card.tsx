/*
 * One replica of a key: what it holds, how it stands to the others, and the repair that made it current.
 */
import type { VNode } from 'preact';
import type { KeyLocation } from '../../api/cluster.ts';
import { timeOfDay } from '../../app/format.ts';
import type { Tone } from '../../design/notice.tsx';
import { Tag } from '../../design/tag.tsx';
import type { Repair, Standing, WatchedReplica } from './replica-history.ts';
import { actorText, valueText } from './value-text.ts';

interface ReplicaCardProps {
  readonly watched: WatchedReplica;
  /** Its place in the order of preference, from 1. */
  readonly rank: number;
  readonly merged: KeyLocation['merged'];
}

const STANDING: Readonly<Record<Standing, { readonly text: string; readonly tone: Tone }>> = {
  current: { text: 'current', tone: 'good' },
  stale: { text: 'stale', tone: 'bad' },
  behind: { text: 'behind', tone: 'bad' },
  down: { text: 'down', tone: 'bad' },
  silent: { text: 'silent', tone: 'warn' },
};

/** A replica. */
export function ReplicaCard({ watched, rank, merged }: ReplicaCardProps): VNode {
  const { replica, remembered, standing, repair } = watched;
  const { text, tone } = STANDING[standing];
  return (
    <li class={`replica ${standing}`} data-replica={replica.node} data-standing={standing}>
      <header>
        <span class="rank muted small">{rank}</span>
        <h3>{replica.node}</h3>
        <span class="muted small">{replica.zone}</span>
        <span class="standing">
          <Tag tone={tone} mark>
            {text}
          </Tag>
        </span>
      </header>
      <p class="office small">{officeOf(watched)}</p>
      <dl class="held">
        <div>
          <dt>{remembered ? 'Last said: version' : 'Version'}</dt>
          <dd class="figures version">
            {replica.version ?? '–'}
            {replica.version !== null && replica.version < merged.version && (
              <span class="muted small"> of {merged.version}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>Value</dt>
          <dd class="value">{replica.version === null ? '–' : valueText(replica.value, isDeleted(watched))}</dd>
        </div>
        <div>
          <dt>{replica.ballots === undefined ? 'Context: writes seen, by node' : 'Ballot accepted'}</dt>
          <dd class="mono">{contextText(watched)}</dd>
        </div>
      </dl>
      <RepairTrail repair={repair} />
    </li>
  );
}

function officeOf({ replica: { coordinator, error } }: WatchedReplica): string {
  if (error !== null) return capital(error);
  return coordinator ? 'Coordinator: writes go to it first' : 'Replica';
}

function isDeleted({ replica: { value, version } }: WatchedReplica): boolean {
  return value === null && (version ?? 0) > 0;
}

function contextText({ replica: { ballots, context } }: WatchedReplica): string {
  if (ballots !== undefined) {
    const accepted = ballots.accepted ?? 'none';
    return ballots.vote ? accepted : `${accepted}, heard of`;
  }
  const seen = Object.entries(context ?? {});
  return seen.length === 0 ? '–' : seen.map(([actor, counter]) => `${actorText(actor)}: ${counter}`).join(', ');
}

const WHY_TEXT = { read: 'by a read', hint: 'by a hint', 'anti-entropy': 'by digests' } as const;

/** The line is there also when nothing was repaired, so that the card does not grow. */
function RepairTrail({ repair }: { readonly repair: Repair | undefined }): VNode {
  if (repair === undefined) return <p class="repair none small muted">No repair seen</p>;
  const { fromVersion, toVersion, why, atMs } = repair;
  return (
    <p class="repair small" key={atMs} data-repair={`${fromVersion}-${toVersion}`}>
      <span class="visually-hidden">Repaired: version </span>
      <strong class="figures">
        {fromVersion} → {toVersion}
      </strong>{' '}
      {WHY_TEXT[why]}, {timeOfDay(atMs)}
    </p>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
