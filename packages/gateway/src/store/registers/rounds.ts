/*
 * The three rounds of a register, asked of its replicas: prepare and accept, which change it, and read, which does not.
 */
import type { Ballot, Proposal } from '@trolley/records';
import {
  acceptorsOf,
  judgeAccept,
  judgePrepare,
  judgeRead,
  type AcceptVerdict,
  type PrepareVerdict,
  type ReadVerdict,
} from './judge-rounds.ts';
import type { RegisterContext } from './register-context.ts';
import type { ReplicaGroup } from './replica.ts';
import { runRound } from './run-round.ts';

/** A register and its replicas, as one attempt sees them. */
export interface Subject {
  readonly key: string;
  readonly group: ReplicaGroup;
  readonly requestId: string;
}

type RoundContext = Pick<RegisterContext, 'clock' | 'metrics' | 'missed' | 'claimTimeoutMs'>;

/** An attempt is two rounds, and over within the time that a change may take: nodes rely on it. */
const ROUNDS_OF_AN_ATTEMPT = 2;

/** Asks for promises. */
export async function prepareRound(context: RoundContext, subject: Subject, ballot: Ballot): Promise<PrepareVerdict> {
  const { key, group } = subject;
  const verdict = await runRound({
    ...limitsOf(context),
    replicas: group.replicas,
    ask: (replica) => replica.prepare(key, ballot, callOptions(subject)),
    judge: (state) => judgePrepare(group.majorities, state),
  });
  context.metrics.registerRound('prepare', verdict.type === 'lost' ? verdict.reason : 'won');
  return verdict;
}

/** Has a value accepted. Replicas that miss one that the majority accepted are told of it later. */
export async function acceptRound(context: RoundContext, subject: Subject, proposal: Proposal): Promise<AcceptVerdict> {
  const { key, group } = subject;
  const verdict = await runRound({
    ...limitsOf(context),
    replicas: group.replicas,
    ask: (replica) => replica.accept(key, proposal, callOptions(subject)),
    judge: (state) => judgeAccept(group.majorities, state),
    onOver: (outcome, answers) => {
      if (outcome.type !== 'committed') return;
      const holders = acceptorsOf(answers);
      for (const node of group.nodes) {
        if (!holders.includes(node)) context.missed(node, key, holders);
      }
    },
  });
  context.metrics.registerRound('accept', verdict.type === 'lost' ? verdict.reason : 'won');
  return verdict;
}

/** Asks what the replicas hold, without changing anything: a majority first, all if that does not agree. */
export async function readRound(context: RoundContext, subject: Subject): Promise<ReadVerdict> {
  const { key, group } = subject;
  const [majority] = group.majorities;
  const isMoving = group.majorities.length > 1;
  const verdict = await runRound({
    ...limitsOf(context),
    replicas: group.replicas,
    // While data moves a majority of each list is needed, which some few seldom are.
    atFirst: isMoving ? undefined : majority?.required,
    ask: (replica) => replica.read(key, callOptions(subject)),
    judge: (state) => judgeRead(group.majorities, state),
  });
  context.metrics.registerRound('read', verdict.type === 'lost' ? verdict.reason : verdictWord(verdict));
  return verdict;
}

function verdictWord({ type }: Exclude<ReadVerdict, { type: 'lost' }>): 'won' | 'differ' {
  return type === 'agreed' ? 'won' : 'differ';
}

function limitsOf({ clock, claimTimeoutMs }: RoundContext) {
  return { clock, limitMs: claimTimeoutMs / ROUNDS_OF_AN_ATTEMPT };
}

function callOptions({ group, requestId }: Subject) {
  return { epoch: group.epoch, requestId };
}
