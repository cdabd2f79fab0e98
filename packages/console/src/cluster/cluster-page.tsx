/*
 * The page Cluster: nodes, placement, a key's replicas, and what happens, live.
 */
import type { VNode } from 'preact';
import { PageHeading } from '../design/page-heading.tsx';

/** The page. */
export function ClusterPage(): VNode {
  return <PageHeading title="Cluster">Storage nodes, where keys live, and what happens to them, live.</PageHeading>;
}
