/*
 * What `r` and `w` mean in numbers.
 */
import { majorityOf } from '@trolley/crush';
import { StoreError, type ConsistencyLevel } from '../store.ts';

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
