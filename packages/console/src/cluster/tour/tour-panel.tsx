/*
 * The guided tour "Watch a repair happen": five steps on the real cluster, each done with a click and seen in the key
 * lens below.
 */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import { hrefOf } from '../../app/route.ts';
import { route, showOnPage } from '../../app/router.ts';
import { Button } from '../../design/button.tsx';
import type { Watching } from '../lens/use-watched-key.ts';
import { AddStep, KillStep, PickStep, ReadStep, RestartStep, type StepProps } from './tour-steps.tsx';
import { NO_TOUR, STEPS, tourState, type StepName } from './tour-state.ts';
import './tour.css';

const TITLES: Readonly<Record<StepName, string>> = {
  pick: 'Pick a cart',
  kill: 'Kill a replica',
  add: 'Add to the cart',
  restart: 'Restart the node',
  read: 'Read, and see the repair',
};

const STEP_OF: Readonly<Record<StepName, (props: StepProps) => VNode>> = {
  pick: PickStep,
  kill: KillStep,
  add: AddStep,
  restart: RestartStep,
  read: ReadStep,
};

/** Leads into the tour; without a launcher it says why it cannot. */
export function TourInvitation({ cluster }: { readonly cluster: Cluster | undefined }): VNode {
  if (cluster?.launcher === false) {
    return (
      <span class="muted small">
        The guided tour kills a node, and so needs a cluster that <code>trolley up</code> started.
      </span>
    );
  }
  return (
    <a class="button primary" href={hrefOf('cluster', { ...route.value.query, ...NO_TOUR, tour: '1' })}>
      Watch a repair happen
    </a>
  );
}

interface TourPanelProps {
  /** Undefined until it is known. */
  readonly cluster: Cluster | undefined;
  readonly watching: Watching;
  readonly refreshCluster: () => void;
}

/** The tour, at the step that the address names. */
export function TourPanel({ cluster, watching, refreshCluster }: TourPanelProps): VNode {
  if (cluster === undefined) return <div class="tour awaited" />;
  return <Tour cluster={cluster} watching={watching} refreshCluster={refreshCluster} />;
}

function Tour({
  cluster,
  watching,
  refreshCluster,
}: Pick<StepProps, 'cluster' | 'watching' | 'refreshCluster'>): VNode {
  const state = tourState(route.value.query, cluster, watching.watched);
  const { step, number, isDone } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step]);
  const Step = STEP_OF[step];
  const isLast = number === STEPS.length;
  return (
    <section class="tour" aria-label="Guided tour: watch a repair happen" data-step={number} data-done={isDone}>
      <ol role="list" class="tour-steps">
        {STEPS.map((name, index) => (
          <li key={name} aria-current={name === step ? 'step' : undefined} class={index + 1 < number ? 'past' : ''}>
            <span class="number">{index + 1}</span>
            <span class="name">{TITLES[name]}</span>
          </li>
        ))}
      </ol>
      <div class="tour-body">
        <h2 ref={heading} tabIndex={-1}>
          <span class="visually-hidden">
            Step {number} of {STEPS.length}:{' '}
          </span>
          {TITLES[step]}
        </h2>
        <Step cluster={cluster} state={state} watching={watching} refreshCluster={refreshCluster} />
      </div>
      <div class="row spread">
        <Button look="quiet" onClick={() => showOnPage(NO_TOUR)}>
          {isLast && isDone ? 'Close the tour' : 'Leave the tour'}
        </Button>
        {!isLast && (
          <Button
            look={isDone ? 'primary' : 'plain'}
            disabled={!isDone}
            onClick={() => showOnPage({ tour: String(number + 1) })}
          >
            Next: {TITLES[STEPS[number] ?? step].toLowerCase()}
          </Button>
        )}
      </div>
    </section>
  );
}
