/*
 * The nodes, each as it is.
 */
import type { VNode } from 'preact';
import type { Cluster } from '../../api/cluster.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { NodeCard } from './node-card.tsx';
import './nodes.css';

interface NodesPanelProps {
  readonly cluster: Cluster;
  /** Asks at once how things are. */
  readonly refresh: () => void;
}

const AWAITED = ['first', 'second', 'third'];

/** Stands where the nodes will be, as high as those of a small cluster. */
export function NodesAwaited(): VNode {
  return (
    <section class="stack" role="status" aria-label="Loading the nodes">
      <h2>Nodes</h2>
      <div class="nodes">
        {AWAITED.map((name) => (
          <div key={name} class="node-card awaited" />
        ))}
      </div>
    </section>
  );
}

/** The nodes; without a frame of their own, as each has one. */
export function NodesPanel({ cluster, refresh }: NodesPanelProps): VNode {
  const { nodes, launcher } = cluster;
  return (
    <section aria-labelledby="nodes-title" class="stack">
      <div class="row spread">
        <h2 id="nodes-title">Nodes</h2>
        {!launcher && (
          <span class="muted small">
            They cannot be commanded from here: this cluster was not started by <code>trolley up</code>.
          </span>
        )}
      </div>
      {nodes.length === 0 && (
        <EmptyState title="No storage node has registered yet">
          <p>They appear here by themselves, some seconds after they were started.</p>
        </EmptyState>
      )}
      <ul role="list" class="nodes">
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} canCommand={launcher} refresh={refresh} />
        ))}
      </ul>
    </section>
  );
}
