/*
 * A square for each placement group. The arrow keys go from one to the next; the tab key enters and leaves the grid
 * once. The chosen node's groups stand out, most where it is first.
 */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { Group } from '../../api/cluster.ts';
import { showOnPage } from '../../app/router.ts';

interface GroupGridProps {
  readonly groups: readonly Group[];
  /** The node whose groups stand out; undefined for none. */
  readonly node: string | undefined;
  /** The group that is told about. */
  readonly shown: number | undefined;
  readonly lensGroup: number | undefined;
}

/** More squares than these say nothing to anybody. */
const SQUARES_MAX = 1_024;
/** Squares in a row, as the style sheet has it at its widest; arrows up and down go so far. */
const COLUMNS = 32;

/** The groups, and what is to be said of one of them. */
export function GroupGrid({ groups, node, shown, lensGroup }: GroupGridProps): VNode {
  const grid = useRef<HTMLDivElement>(null);
  const entry = groups.some(({ pg }) => pg === shown) ? shown : groups[0]?.pg;
  const move = (event: KeyboardEvent): void => {
    const step = stepOf(event.key, columnsOf(grid.current));
    const target = step === undefined ? undefined : neighbour(event.target, grid.current, step);
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  };
  return (
    <div class="stack tight">
      {groups.length <= SQUARES_MAX && (
        <div class="groups" role="group" aria-label="Placement groups" ref={grid} onKeyDown={move}>
          {groups.map((group) => (
            <button
              key={group.pg}
              type="button"
              class={classOf(group, node)}
              tabIndex={group.pg === entry ? 0 : -1}
              aria-label={`Group ${group.pg}: ${describe(group)}`}
              aria-pressed={group.pg === shown}
              data-lens={group.pg === lensGroup}
              onClick={() => showOnPage({ group: String(group.pg) }, 'replace')}
            />
          ))}
        </div>
      )}
      <Legend node={node} />
      <p class="group-detail" aria-live="polite">
        {detailOf(groups.find(({ pg }) => pg === shown))}
      </p>
    </div>
  );
}

function Legend({ node }: { readonly node: string | undefined }): VNode {
  return (
    <ul role="list" class="legend small muted">
      {node === undefined ? (
        <li>
          <span class="group active" /> whole
        </li>
      ) : (
        <>
          <li>
            <span class="group active rank-first" /> {node} is first
          </li>
          <li>
            <span class="group active rank-other" /> {node} is another replica
          </li>
        </>
      )}
      <li>
        <span class="group degraded" /> degraded
      </li>
      <li>
        <span class="group moving" /> moving
      </li>
    </ul>
  );
}

function classOf({ state, nodes }: Group, node: string | undefined): string {
  const rank = node === undefined ? -2 : nodes.indexOf(node);
  const rankClass = rank === -2 ? '' : rank === 0 ? 'rank-first' : rank > 0 ? 'rank-other' : 'rank-none';
  return `group ${state} ${rankClass}`;
}

function detailOf(group: Group | undefined): string {
  if (group === undefined) return 'Choose a group to see its nodes.';
  return `Group ${group.pg}: ${describe(group)}`;
}

function describe({ nodes, state, previousNodes, percent }: Group): string {
  const order = nodes.join(', then ');
  if (previousNodes === undefined) return state === 'degraded' ? `${order}; degraded` : order;
  return `from ${previousNodes.join(', ')} to ${nodes.join(', ')}; ${percent ?? 0} % of the new nodes have it all`;
}

function stepOf(key: string, columns: number): number | undefined {
  return { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
}

/** As many as the style sheet puts into a row at this width. */
function columnsOf(grid: HTMLElement | null): number {
  return grid === null ? COLUMNS : getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}

function neighbour(from: EventTarget | null, grid: HTMLElement | null, step: number): HTMLElement | undefined {
  if (grid === null || !(from instanceof HTMLElement)) return undefined;
  const squares = [...grid.children];
  const found = squares[squares.indexOf(from) + step];
  return found instanceof HTMLElement ? found : undefined;
}
