/*
 * What the other packages may use: the cluster map and placement by it.
 */
export type { ClusterMap, MapNode } from './cluster-map.ts';
export { majorityOf } from './majority.ts';
export { ClusterMapError, NODES_MAX, parseClusterMap } from './parse-cluster-map.ts';
export { gainedGroups, gainingNodes, previousMap } from './moving.ts';
export { place, placeGroup } from './place.ts';
export { placeAllGroups } from './place-all-groups.ts';
export { placementGroupOf } from './placement-group.ts';
export { WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';
