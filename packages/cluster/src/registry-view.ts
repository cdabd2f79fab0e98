/*
 * Holds the latest view of a registry for its adapter: tells listeners of each change, in order, and
 * keeps the same object while nothing changes, and the same map while the map does not. It reads nothing and knows no
 * registry. A view with a new map is told once all groups are placed by it, so that nobody has to at a stretch: at once
 * but for large clusters, where it takes some tenths of a second, in slices.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { placeAllGroups, type ClusterMap } from '@trolley/crush';
import { RegistryUnavailableError, type RegistryView } from './registry.ts';
import { nextTurn as nextTurnOfTheMachine } from './system-clock.ts';

/** The latest view and who wants to hear of the next. */
export interface RegistryViewHolder {
  readonly view: RegistryView;
  onChange(listener: (view: RegistryView) => void): () => void;
  ready(): Promise<void>;
  /** Takes over what is new, as one with what else comes while a new map is placed; the first view with `connected: true` counts as complete. */
  update(change: Partial<RegistryView>): void;
  /** No listener is called any more, and whoever still waits for the first view is refused. */
  close(): void;
}

/**
 * A view that is empty and not connected until it is updated. A listener that throws is logged, and harms no other.
 * @param nextTurn lets other work go on
 */
export function createRegistryViewHolder(logger: Logger, nextTurn = nextTurnOfTheMachine): RegistryViewHolder {
  const listeners = new Map<symbol, (view: RegistryView) => void>();
  const first = createFirstView();
  let view: RegistryView = { connected: false, nodes: [], gateways: [], stored: undefined };
  /** As it is told once its map is placed; mostly the same as the view. */
  let latest = view;
  let placed: ClusterMap | undefined;
  let placing: Promise<void> | undefined;
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

  function show(): void {
    view = latest;
    if (view.connected) {
      first.arrived();
    }
    tell(view);
  }

  async function goOnPlacing(slices: Iterator<undefined>): Promise<void> {
    let isDone = false;
    while (!isDone) {
      await nextTurn();
      isDone = closed || slices.next().done === true;
    }
    placing = undefined;
    // Perhaps another map came meanwhile.
    if (!closed) showWhenPlaced();
  }

  function showWhenPlaced(): void {
    const map = latest.stored?.map;
    if (map === undefined || map === placed) {
      show();
      return;
    }
    const slices = placeAllGroups(map);
    const isDone = slices.next().done === true;
    placed = map;
    if (isDone) show();
    else placing = goOnPlacing(slices);
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
      const next = { ...latest, ...change };
      if (isDeepStrictEqual(next, latest)) {
        return;
      }
      // Placement is computed once for each map object: not anew when a node goes.
      const stored = isDeepStrictEqual(next.stored, latest.stored) ? latest.stored : next.stored;
      latest = { ...next, stored };
      if (placing === undefined) {
        showWhenPlaced();
      }
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
