export type { ClusterMap, MapNode, NodeState } from './cluster-map.ts';
export { ClusterMapError, parseClusterMap } from './parse-cluster-map.ts';
export { gainedGroups, gainingNodes, previousMap } from './moving.ts';
export { place, placeGroup } from './place.ts';
export { placementGroupOf } from './placement-group.ts';
export { WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';
