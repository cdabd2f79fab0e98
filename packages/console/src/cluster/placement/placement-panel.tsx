/*
 * Where keys are placed: how evenly the groups lie on the nodes, each group's nodes, and what is on the move.
 */
import type { VNode } from 'preact';
import type { Cluster, ClusterNode, Group } from '../../api/cluster.ts';
import { count, duration, plural } from '../../app/format.ts';
import { route, showOnPage } from '../../app/router.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/skeleton.tsx';
import { GroupGrid } from './group-grid.tsx';
import './placement.css';
import { movesOf, sharesOf, worstExcess, type Share } from './shares.ts';

interface PlacementPanelProps {
  readonly cluster: Cluster | undefined;
  readonly groups: readonly Group[] | undefined;
  /** The group of the key in the lens. */
  readonly lensGroup: number | undefined;
}

/** The placement. */
export function PlacementPanel({ cluster, groups, lensGroup }: PlacementPanelProps): VNode {
  return (
    <Panel title="Placement" aside={cluster && <MoveState cluster={cluster} />}>
      {cluster === undefined || groups === undefined ? (
        <Skeleton lines={8} label="Loading the placement" />
      ) : (
        <Placement nodes={cluster.nodes} groups={groups} lensGroup={lensGroup} />
      )}
    </Panel>
  );
}

/** How far the move is; the line is there also when nothing moves. */
function MoveState({ cluster: { moving, move } }: { readonly cluster: Cluster }): VNode {
  if (!moving || move === undefined)
    return <span class="muted small">Nothing moves; every group is where the map has it.</span>;
  const { groups, groupsDone, percent, remainingSeconds } = move;
  return (
    <span class="move-state">
      <progress max={100} value={percent} aria-label="How far the data is that moves" />
      <span class="small figures">
        {count(groupsDone)} of {plural(groups, 'group')} moved, {percent} %
        {remainingSeconds !== undefined && `, about ${duration(remainingSeconds * 1000)} left`}
      </span>
    </span>
  );
}

function Placement({
  nodes,
  groups,
  lensGroup,
}: {
  readonly nodes: readonly ClusterNode[];
  readonly groups: readonly Group[];
  readonly lensGroup: number | undefined;
}): VNode {
  const { node: chosen, group: shown } = route.value.query;
  if (groups.length === 0) {
    return (
      <EmptyState title="There is no map yet">
        <p>The first map is made when enough nodes are up, or five seconds after the first one.</p>
      </EmptyState>
    );
  }
  const shares = sharesOf(groups, nodes);
  const excess = worstExcess(shares);
  const most = Math.max(...shares.map(({ held, ideal }) => Math.max(held, ideal)), 1);
  return (
    <>
      <div class="stack tight">
        <p class="muted small">
          Choose a node to see its groups below. The line marks its fair share by weight
          {excess !== undefined && `; ${excessText(excess)}`}.
        </p>
        <ul role="list" class="shares">
          {shares.map((share) => (
            <ShareBar key={share.node} share={share} most={most} groups={groups} chosen={share.node === chosen} />
          ))}
        </ul>
      </div>
      <GroupGrid
        groups={groups}
        node={chosen}
        shown={shown === undefined ? lensGroup : Number(shown)}
        lensGroup={lensGroup}
      />
    </>
  );
}

/** How even the nodes are filled, in words. */
function excessText(excess: number): string {
  const percent = Math.max(0, excess).toFixed(1);
  return percent === '0.0' ? 'no node is above it' : `the fullest node is ${percent} % above it`;
}

interface ShareBarProps {
  readonly share: Share;
  /** What the full width stands for. */
  readonly most: number;
  readonly groups: readonly Group[];
  readonly chosen: boolean;
}

function ShareBar({ share: { node, held, first, ideal }, most, groups, chosen }: ShareBarProps): VNode {
  const { gains, gives } = movesOf(groups, node);
  const part = (value: number): string => `${((value / most) * 100).toFixed(2)}%`;
  return (
    <li>
      <button
        type="button"
        class="share"
        aria-pressed={chosen}
        onClick={() => showOnPage({ node: chosen ? undefined : node }, 'replace')}
      >
        <span class="name">{node}</span>
        <span class="bar" aria-hidden="true">
          <span class="first" style={{ width: part(first) }} />
          <span class="rest" style={{ width: part(held - first) }} />
          <span class="ideal" style={{ left: part(ideal) }} />
        </span>
        <span class="figures small">
          {plural(held, 'group')}, first for {count(first)}
          {gains > 0 && ` · gains ${count(gains)}`}
          {gives > 0 && ` · gives ${count(gives)}`}
        </span>
      </button>
    </li>
  );
}
