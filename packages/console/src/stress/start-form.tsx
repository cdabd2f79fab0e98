/*
 * Chooses a test, its size and its workers, and starts it.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { Panel } from '../design/panel.tsx';
import type { StressWish } from './stress-api.ts';
import { countProblem, STRESS_TESTS, WORKERS_MAX, type StressTest } from './stress-tests.ts';

interface StartFormProps {
  readonly chosen: StressTest;
  readonly busy: boolean;
  /** Whether a run is under way: one runs at a time. */
  readonly isRunning: boolean;
  readonly onStart: (wish: StressWish) => void;
}

/** The form. */
export function StartForm({ chosen, busy, isRunning, onStart }: StartFormProps): VNode {
  const [size, setSize] = useState(String(chosen.quickSize));
  const [workers, setWorkers] = useState(String(chosen.workers));
  useEffect(() => {
    setSize(String(chosen.quickSize));
    setWorkers(String(chosen.workers));
  }, [chosen]);
  const sizeProblem = countProblem(size, chosen.sizeMax);
  const workersProblem = countProblem(workers, WORKERS_MAX);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (sizeProblem !== undefined || workersProblem !== undefined || isRunning) return;
    onStart({ test: chosen.test, size: Number(size), workers: Number(workers) });
  };
  return (
    <Panel title="Start a test">
      <form class="stack" onSubmit={submit} noValidate>
        <fieldset class="tests">
          <legend class="visually-hidden">Which test</legend>
          {STRESS_TESTS.map((each) => (
            <TestChoice key={each.test} test={each} isChosen={each === chosen} />
          ))}
        </fieldset>
        <div class="sizes">
          <Field
            label={`Size, in ${chosen.unit}`}
            type="number"
            value={size}
            onInput={setSize}
            min={1}
            max={chosen.sizeMax}
            error={sizeProblem}
            hint={`Its full size is ${chosen.fullSize.toLocaleString('en')}.`}
          />
          <Field
            label="Workers"
            type="number"
            value={workers}
            onInput={setWorkers}
            min={1}
            max={WORKERS_MAX}
            error={workersProblem}
            hint="Clients at once."
          />
        </div>
        <Button type="submit" look="primary" busy={busy} disabled={isRunning}>
          {isRunning ? 'A test is running' : `Start test ${chosen.test}`}
        </Button>
      </form>
    </Panel>
  );
}

function TestChoice({ test, isChosen }: { readonly test: StressTest; readonly isChosen: boolean }): VNode {
  return (
    <label class={`test ${isChosen ? 'chosen' : ''}`}>
      <input
        type="radio"
        name="test"
        value={test.test}
        checked={isChosen}
        onChange={() => showOnPage({ test: String(test.test) }, 'replace')}
      />
      <span>
        <strong>
          {test.test}. {test.title}
        </strong>
        <span class="muted small">{test.promise}</span>
      </span>
    </label>
  );
}
