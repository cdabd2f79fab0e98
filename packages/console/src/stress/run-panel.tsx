/*
 * A run: how far it is, how fast, and at the end what it shows.
 */
import type { VNode } from 'preact';
import { count, duration, figure } from '../app/format.ts';
import { Button } from '../design/button.tsx';
import { Notice, type Tone } from '../design/notice.tsx';
import { Panel } from '../design/panel.tsx';
import { Tag } from '../design/tag.tsx';
import { nowMs } from '../live/time.ts';
import { RunPlots } from './run-plots.tsx';
import type { StressRun } from './stress-api.ts';

const TONES: Readonly<Record<StressRun['state'], Tone>> = {
  running: 'info',
  passed: 'good',
  failed: 'bad',
  stopped: 'warn',
};

interface RunPanelProps {
  readonly run: StressRun;
  readonly isStopping: boolean;
  readonly onStop: () => void;
}

/** The panel of a run. */
export function RunPanel({ run, isStopping, onStop }: RunPanelProps): VNode {
  const isRunning = run.state === 'running';
  const lastedMs = (run.endedAtMs ?? nowMs()) - run.startedAtMs;
  const latest = run.samples.at(-1);
  return (
    <Panel
      title={`Test ${run.test}: ${run.title}`}
      aside={
        <Tag tone={TONES[run.state]} mark={isRunning}>
          {run.state}
        </Tag>
      }
      class="run"
    >
      <div class="row spread">
        <label class="progress">
          <span class="figures">
            {count(run.done)} of {count(run.total)} steps, {duration(lastedMs)}
          </span>
          <progress value={run.done} max={Math.max(run.total, 1)} />
        </label>
        <Button onClick={onStop} busy={isStopping} disabled={!isRunning}>
          Stop
        </Button>
      </div>
      <VerdictNotice run={run} />
      <dl class="run-figures">
        <Figure name="Requests per second" value={latest && figure(latest.requestsPerSecond)} />
        <Figure name="Half within (p50)" value={latest && `${figure(latest.p50Ms)} ms`} />
        <Figure name="99 of 100 within (p99)" value={latest && `${figure(latest.p99Ms)} ms`} />
        <Figure name="Workers" value={count(run.workers)} />
      </dl>
      <RunPlots run={run} />
      <RunSummary run={run} />
    </Panel>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string | undefined }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="figures">{value ?? '–'}</dd>
    </div>
  );
}

function VerdictNotice({ run: { state, verdict } }: { readonly run: StressRun }): VNode {
  if (state === 'running') {
    return (
      <Notice tone="plain">The verdict comes when all requests are done and everything has been read back.</Notice>
    );
  }
  if (verdict === undefined || verdict === null) {
    return <Notice tone="warn">It was stopped before there was a verdict.</Notice>;
  }
  return (
    <Notice tone={verdict.passed ? 'good' : 'bad'} title={verdict.passed ? 'Passed' : 'Failed'}>
      <div class="stack tight">
        <p>{capitalised(verdict.claim)}.</p>
        {verdict.findings.length > 0 && (
          <ul>
            {verdict.findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        )}
      </div>
    </Notice>
  );
}

/** A claim as a sentence; the full stop is left to the caller. */
function capitalised(claim: string): string {
  return claim.charAt(0).toUpperCase() + claim.slice(1).replace(/\.$/, '');
}

const LATENCIES = [
  ['p50Ms', 'p50'],
  ['p90Ms', 'p90'],
  ['p99Ms', 'p99'],
  ['p999Ms', 'p99.9'],
  ['mostMs', 'most'],
] as const;

function RunSummary({ run: { latencies, outcomes } }: { readonly run: StressRun }): VNode {
  const told = Object.entries(outcomes ?? {}).filter(([, amount]) => amount > 0);
  return (
    <div class="columns">
      {latencies && (
        <div class="stack tight">
          <h3>Latency of all requests</h3>
          <LatencyBars latencies={latencies} />
        </div>
      )}
      {told.length > 0 && (
        <div class="stack tight">
          <h3>What became of the requests</h3>
          <dl class="pairs">
            {told.map(([outcome, amount]) => (
              <div key={outcome}>
                <dt>{outcome}</dt>
                <dd class="figures">{count(amount)}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </div>
  );
}

/** Bars against the slowest; the figures stand beside them. */
function LatencyBars({ latencies }: { readonly latencies: NonNullable<StressRun['latencies']> }): VNode {
  const most = Math.max(latencies.mostMs, 0.001);
  return (
    <dl class="bars">
      {LATENCIES.map(([key, name]) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>
            <span class="bar" aria-hidden="true" style={{ width: `${(latencies[key] / most) * 100}%` }} />
            <span class="figures">{figure(latencies[key])} ms</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
