/*
 * Bugs as implementations of claims really have had them, each put in between the parts of a simulated cluster.
 */
import type { Batch, BatchReply, NodeTransport } from '@trolley/cluster';
import { accept, decodeRegister, emptyRegister } from '@trolley/records';
import type { Engine } from '../../packages/dbnode/src/engine.ts';
import { withMethods, type Surroundings, type Tampering } from './tampering.ts';

const LATE_ACCEPT_MS = 30;
const LOST_SHARE = 0.05;

/** A node answers a prepare and keeps no note of its promise. */
export const forgottenPromise: Tampering = {
  engine: (engine) =>
    withMethods(engine, {
      async prepare(key) {
        const { accepted, value } = await registerIn(engine, key);
        return { type: 'promised', accepted: accepted[0] === 0 ? null : accepted, value };
      },
    }),
};

/** A node says that it has accepted, and does so a little later. */
export const earlyAnswer: Tampering = { engine: answerEarly };

function answerEarly(engine: Engine, { clock }: Surroundings): Engine {
  return withMethods(engine, {
    async accept(key, proposal) {
      const { type } = accept(await registerIn(engine, key), proposal, 0);
      if (type !== 'accepted' || engine.votelessGroups.size > 0) return engine.accept(key, proposal);
      clock.after(LATE_ACCEPT_MS, () => void engine.accept(key, proposal).catch(() => {}));
      return { type: 'accepted' };
    },
  });
}

/** A node now and then loses what it says to have journalled. */
export const lostJournalEntry: Tampering = {
  engine: (engine, { random }) =>
    withMethods(engine, {
      async accept(key, proposal) {
        const { type } = accept(await registerIn(engine, key), proposal, 0);
        if (type !== 'accepted' || random() > LOST_SHARE) return engine.accept(key, proposal);
        return { type: 'accepted' };
      },
    }),
};

/** A gateway takes the promise of an earlier attempt for one of this attempt. */
export const stalePromise: Tampering = { transport: countStalePromises };

function countStalePromises(transport: NodeTransport): NodeTransport {
  const promises = new Map<string, BatchReply['results'][number]>();
  return {
    ...transport,
    async send(address, batch, timeoutMs) {
      const reply = await transport.send(address, batch, timeoutMs);
      return { ...reply, results: reply.results.map((result, index) => counted(batch, index, result)) };
    },
  };

  function counted({ to, operations }: Batch, index: number, result: BatchReply['results'][number]) {
    const operation = operations[index];
    if (operation?.type !== 'prepare') return result;
    const place = `${to} ${operation.key}`;
    if (result.type === 'promised') promises.set(place, result);
    return result.type === 'outbid' ? (promises.get(place) ?? result) : result;
  }
}

/** A node takes over what another drafted whatever it has seen itself. */
export const blindAdoption: Tampering = {
  engine: (engine) =>
    withMethods(engine, {
      adopt: async (key, draft) => ((await engine.merge(key, draft)) ? 'adopted' : 'held'),
    }),
};

/** A node tells nobody which map it knows. */
export const forgottenMap: Tampering = {
  transport: (transport) => ({
    ...transport,
    async send(address, batch, timeoutMs) {
      const reply = await transport.send(address, batch, timeoutMs);
      const results = reply.results.map((result) => (result.type === 'known-map' ? { ...result, map: null } : result));
      return { ...reply, results };
    },
  }),
};

async function registerIn(engine: Engine, key: string) {
  const { value } = await engine.readRecord(key);
  return value === undefined ? emptyRegister : decodeRegister(value);
}
