/*
 * What `r` and `w` mean in numbers. Quorums are rounded up: rounded down, n = 4 would give quorums of two
 * that miss each other.
 */
import { StoreError, type ConsistencyLevel } from '../store.ts';

/** The smallest number such that any two sets of that many of n replicas share one: (n+1)/2, rounded up. */
function majorityOf(replicas: number): number {
  return Math.ceil((replicas + 1) / 2);
}

/**
 * How many of `replicas` must answer.
 * @throws StoreError LEVEL_TOO_HIGH when a number asks for more than there are.
 */
export function requiredAnswers(level: ConsistencyLevel | undefined, replicas: number, name: 'r' | 'w'): number {
  switch (level) {
    case undefined:
    case 'quorum':
      return majorityOf(replicas);
    case 'one':
      return 1;
    case 'all':
      return replicas;
    default:
      if (level > replicas)
        throw new StoreError('LEVEL_TOO_HIGH', `${name} is ${level}, and there are ${replicas} replicas`);
      return level;
  }
}
