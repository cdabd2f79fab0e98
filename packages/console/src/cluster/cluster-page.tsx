/*
 * The page Cluster: nodes, placement, a key's replicas, and what happens, live. What it looks at is in its address.
 */
import type { VNode } from 'preact';
import { route } from '../app/router.ts';
import { ErrorNotice } from '../design/notice.tsx';
import { PageHeading } from '../design/page-heading.tsx';
import './cluster-page.css';
import { ClusterSummary } from './cluster-summary.tsx';
import { EventsPanel } from './events/events-panel.tsx';
import { GatewaysPanel } from './gateways-panel.tsx';
import { KeyLens } from './lens/key-lens.tsx';
import { useWatchedKey } from './lens/use-watched-key.ts';
import { NodesAwaited, NodesPanel } from './nodes/nodes-panel.tsx';
import { PlacementPanel } from './placement/placement-panel.tsx';
import { TourInvitation, TourPanel } from './tour/tour-panel.tsx';
import { useCluster, useGroups } from './use-cluster.ts';

/** The page. */
export function ClusterPage(): VNode {
  const { key = '', tour } = route.value.query;
  const { value: cluster, error, refresh } = useCluster();
  const groups = useGroups(cluster);
  const watching = useWatchedKey(key, tour === undefined ? 'calm' : 'close');
  const nodes =
    cluster === undefined ? (
      <NodesAwaited key="nodes" />
    ) : (
      <NodesPanel key="nodes" cluster={cluster} refresh={refresh} />
    );
  const rest = (
    <div key="rest" class="cluster-halves">
      <div class="stack">
        <KeyLens watching={watching} />
        <PlacementPanel cluster={cluster} groups={groups} lensGroup={watching.watched?.location.placementGroup} />
      </div>
      <div class="stack">
        <EventsPanel />
        <GatewaysPanel cluster={cluster} />
      </div>
    </div>
  );
  return (
    <>
      <div class="cluster-top">
        <PageHeading title="Cluster">
          Storage nodes, where keys live on them, and what happens to both, live.
        </PageHeading>
        {tour === undefined && <TourInvitation cluster={cluster} />}
      </div>
      {cluster === undefined && <ErrorNotice error={error} title="The cluster cannot be shown" />}
      <ClusterSummary cluster={cluster} />
      {tour !== undefined && <TourPanel cluster={cluster} watching={watching} refreshCluster={refresh} />}
      {/* In the tour the key lens is what one looks at: it comes first. */}
      {tour === undefined ? [nodes, rest] : [rest, nodes]}
    </>
  );
}
