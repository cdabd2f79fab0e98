/*
 * Why a node should get no traffic now. A pure decision over what is known at one moment.
 */
import type { RegistryView } from '@trolley/cluster';
import type { Phase } from './work-gate.ts';

/** What readiness depends on. */
export interface NodeCondition {
  readonly phase: Phase;
  readonly nodeId: string;
  readonly port: number;
  /** Placement groups that the engine files its records in. */
  readonly pgCount: number;
  readonly view: RegistryView;
  readonly readOnlyReason: string | undefined;
  /** Set once the engine has failed for good. */
  readonly failure: string | undefined;
}

/**
 * The reasons, in words; none when the node is ready. A registry that is away is not one: gateways go on with
 * what they last knew of this node.
 */
export function reasonsNotReady(condition: NodeCondition): readonly string[] {
  const { phase, nodeId, port, pgCount, view, readOnlyReason, failure } = condition;
  const reasons: string[] = [];
  if (phase !== 'serving') {
    reasons.push(`the node is ${phase}`);
  }
  if (failure !== undefined) {
    reasons.push(`the storage engine failed: ${failure}`);
  }
  if (readOnlyReason !== undefined) {
    reasons.push(`the disk takes no writes: ${readOnlyReason}`);
  }
  if (!view.nodes.some((node) => node.id === nodeId && node.port === port)) {
    reasons.push('the node is not registered');
  }
  const mapPgCount = view.stored?.map.pgCount;
  if (mapPgCount !== undefined && mapPgCount !== pgCount) {
    reasons.push(`the map has ${mapPgCount} placement groups, this node ${pgCount}; restart it to take them over`);
  }
  return reasons;
}
