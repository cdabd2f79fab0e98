/*
 * The page Stress: loads the cluster with one of five tests, and judges what came of it.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { asOperator } from '../app/operator.tsx';
import { route, showOnPage } from '../app/router.ts';
import { tell } from '../app/toasts.tsx';
import { ApiProblem, describeError } from '../api/problem.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { ErrorNotice, Notice } from '../design/notice.tsx';
import { PageHeading } from '../design/page-heading.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { usePolled } from '../live/use-polled.ts';
import { useWork } from '../live/use-work.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { RunPanel } from './run-panel.tsx';
import { StartForm } from './start-form.tsx';
import { findRun, latestRun, startRun, stopRun, type StressRun, type StressWish } from './stress-api.ts';
import { testIn } from './stress-tests.ts';
import './stress.css';

const RUNNING_MS = 700;
const IDLE_MS = 5_000;

/** The page. */
export function StressPage(): VNode {
  const { query } = route.value;
  const id = query['run'];
  const [isRunning, setRunning] = useState(false);
  const {
    value: run,
    error,
    refresh,
  } = usePolled(
    async (signal) => {
      const found = await (id === undefined ? latestRun(signal) : findRun(id, signal));
      setRunning(found?.state === 'running');
      return found;
    },
    isRunning ? RUNNING_MS : IDLE_MS,
    id ?? '',
  );
  const { busy, run: work } = useWork();
  const start = (wish: StressWish): void =>
    work('start', async () => {
      try {
        const started = await asOperator(async () => startRun(wish));
        showOnPage({ run: started.id });
      } catch (problem) {
        tell('bad', startFailure(problem));
      }
      refresh();
    });
  const stop = (stopped: StressRun): void =>
    work('stop', async () => {
      await asOperator(async () => stopRun(stopped.id)).catch((problem: unknown) =>
        tell('bad', describeError(problem)),
      );
      refresh();
    });
  return (
    <>
      <PageHeading title="Stress">
        Many clients at once want the same things. At the end everything is read back, and it is judged whether what the
        gateways said was true.
      </PageHeading>
      {isImpossible(error) ? (
        <CannotRunHere />
      ) : (
        <div class="stress">
          <StartForm chosen={testIn(query['test'])} busy={busy === 'start'} isRunning={isRunning} onStart={start} />
          <div class="stack">
            <ErrorNotice error={worthTelling(error, run)} title="The runs could not be read" />
            {run === undefined && error === undefined && <Skeleton lines={12} label="Reading the runs" />}
            {run === null && <NoRun isNamed={id !== undefined} />}
            {run !== undefined && run !== null && (
              <RunPanel run={run} isStopping={busy === 'stop'} onStop={() => stop(run)} />
            )}
          </div>
        </div>
      )}
    </>
  );
}

/** Nothing here can start processes, or the gateway is older than this page. */
function isImpossible(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 501 || error.status === 404);
}

function startFailure(problem: unknown): string {
  if (problem instanceof ApiProblem && problem.status === 409)
    return 'Another test is running. Wait for its end, or stop it.';
  return describeError(problem);
}

function CannotRunHere(): VNode {
  return (
    <Notice tone="info" title="Tests cannot be started from here">
      This cluster was not started by <code>trolley up</code>. In a terminal, <code>npx trolley stress 1</code> to{' '}
      <code>5</code> run the same tests against any gateway.
    </Notice>
  );
}

function NoRun({ isNamed }: { readonly isNamed: boolean }): VNode {
  if (!isNamed)
    return (
      <EmptyState title="No test has run yet">
        Choose one and start it. It makes items of its own, and removes them.
      </EmptyState>
    );
  return (
    <EmptyState title="This run is not known any more">
      <Button onClick={() => showOnPage({ run: undefined })}>Show the latest</Button>
    </EmptyState>
  );
}
