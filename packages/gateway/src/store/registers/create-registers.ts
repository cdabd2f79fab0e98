/*
 * The registers of the cluster, for the API: changes through the queue and the proposer, reads in one round where a
 * majority agrees.
 */
import type { RegisterChange, RegisterOptions, Registers, RegisterValue, VersionedValue } from '../../registers.ts';
import { StoreError } from '../../store.ts';
import { backoffMs } from './backoff.ts';
import { ChangeQueue } from './change-queue.ts';
import { decodeEnvelope, memoryOf } from './envelope.ts';
import type { Accepted, LostRound } from './judge-rounds.ts';
import { Proposer } from './proposer.ts';
import type { RegisterContext } from './register-context.ts';

/** Reads that found replicas apart or out of reach, after which a write settles what is in force. */
const READS_MAX = 3;

/** Starts registers; they keep nothing that has to be closed. */
export function createRegisters(context: RegisterContext): Omit<Registers, 'list'> {
  const proposer = new Proposer(context);
  const queue = new ChangeQueue(context, (key, asked) => proposer.attempt(key, asked));
  return {
    change: (key, change, options) => changeRegister(queue, key, change, options),
    async read(key, { requestId, settle = false }) {
      const value = settle ? undefined : await readAgreed(context, proposer, key, requestId);
      return value ?? (await queue.submit(key, undefined, { requestId })).value;
    },
  };
}

async function changeRegister<T extends RegisterValue>(
  queue: ChangeQueue,
  key: string,
  change: RegisterChange<T>,
  options: RegisterOptions,
): Promise<T> {
  const { outcome } = await queue.submit(key, change, options);
  if (outcome === undefined) throw new Error('a change came back without an outcome');
  if (outcome.type === 'thrown') throw outcome.error;
  // The result of this change, or of an earlier one by its id: the same change, as the caller promises.
  return outcome.result as T;
}

/** Undefined when the replicas do not agree: a write is under way, or was cut short. */
async function readAgreed(
  context: RegisterContext,
  proposer: Proposer,
  key: string,
  requestId: string,
): Promise<VersionedValue | undefined> {
  for (let reads = 1; ; reads += 1) {
    const group = context.replicasOf(key);
    const read = await proposer.read({ key, group, requestId });
    const isSameMap = context.epoch() === group.epoch;
    if (isSameMap && isAccepted(read)) return versioned(read);
    if (reads === READS_MAX) {
      if (isSameMap && read !== undefined && !isAccepted(read)) throw tooFewAnswered(key, read);
      return undefined;
    }
    // What is on its way will mostly have arrived then, and a write would only get in its way.
    await new Promise<void>((resolve) => void context.clock.after(backoffMs(reads, context.random), resolve));
  }
}

function isAccepted(read: Accepted | LostRound | undefined): read is Accepted {
  return read !== undefined && !('type' in read);
}

function versioned({ ballot, value }: Accepted): VersionedValue {
  const envelope = decodeEnvelope(value);
  return { value: envelope.value, version: ballot[0], memory: memoryOf(envelope) };
}

function tooFewAnswered(key: string, { detail }: LostRound): StoreError {
  return new StoreError('QUORUM_NOT_MET', `${key} could not be read: ${detail}`);
}
