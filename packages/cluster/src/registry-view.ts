/*
 * Holds the latest view of a registry for its adapter: tells listeners of each change, in order, and
 * keeps the same object while nothing changes, and the same map while the map does not. It reads nothing and knows no registry.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { RegistryUnavailableError, type RegistryView } from './registry.ts';

/** The latest view and who wants to hear of the next. */
export interface RegistryViewHolder {
  readonly view: RegistryView;
  onChange(listener: (view: RegistryView) => void): () => void;
  ready(): Promise<void>;
  /** Takes over what is new; the first view with `connected: true` counts as complete. */
  update(change: Partial<RegistryView>): void;
  /** No listener is called any more, and whoever still waits for the first view is refused. */
  close(): void;
}

/** A view that is empty and not connected until it is updated. A listener that throws is logged, and harms no other. */
export function createRegistryViewHolder(logger: Logger): RegistryViewHolder {
  const listeners = new Map<symbol, (view: RegistryView) => void>();
  const first = createFirstView();
  let view: RegistryView = { connected: false, nodes: [], gateways: [], stored: undefined };
  let closed = false;

  function tell(told: RegistryView): void {
    for (const listener of listeners.values()) {
      try {
        listener(told);
      } catch (error) {
        logger.error({ err: error }, 'a listener to the registry failed');
      }
    }
  }

  return {
    get view() {
      return view;
    },
    onChange(listener) {
      const id = Symbol('listener');
      listeners.set(id, listener);
      return () => void listeners.delete(id);
    },
    ready: () => first.promise,
    update(change) {
      if (closed) {
        return;
      }
      const next = { ...view, ...change };
      if (isDeepStrictEqual(next, view)) {
        return;
      }
      // Placement is computed once for each map object, for all groups at a stretch: not anew when a node goes.
      const stored = isDeepStrictEqual(next.stored, view.stored) ? view.stored : next.stored;
      view = { ...next, stored };
      if (next.connected) {
        first.arrived();
      }
      tell(view);
    },
    close() {
      closed = true;
      listeners.clear();
      view = { ...view, connected: false };
      first.refuse();
    },
  };
}

interface FirstView {
  readonly promise: Promise<void>;
  arrived(): void;
  refuse(): void;
}

function createFirstView(): FirstView {
  let settle: ((error?: Error) => void) | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Nobody may be waiting when it is refused.
  promise.catch(() => {});
  return {
    promise,
    arrived: () => settle?.(),
    refuse: () => settle?.(new RegistryUnavailableError('The registry was closed before it could be read.')),
  };
}
