/*
 * Where a test may put a bug into a simulated cluster, to see that the check finds it: between the parts, never in them.
 */
import type { Clock, NodeTransport, Random } from '@trolley/cluster';
import type { Engine } from '../../packages/dbnode/src/engine.ts';

/** What tampering may draw on. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** Wrappers of the parts; none changes anything when it is not given. */
export interface Tampering {
  /** Each node's engine, as each of its processes opens it. */
  readonly engine?: (engine: Engine, surroundings: Surroundings) => Engine;
  /** The network as each process of a gateway sees it. */
  readonly transport?: (transport: NodeTransport) => NodeTransport;
}

/** The engine with some of its methods replaced. */
export function withMethods(engine: Engine, methods: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(name in methods ? methods : target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
