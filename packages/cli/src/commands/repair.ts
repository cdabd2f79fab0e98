/*
 * `trolley repair [NODE]`: has nodes compare all that they hold with each other now, and waits, with progress, until a
 * full comparison found nothing different, or says what is left and why.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure } from '../failure.ts';
import type { NodeRepairAnswer, RepairAnswer } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { pause } from '../pause.ts';
import { counted, printable } from '../printable.ts';
import { cell, tableText, type TableContents } from '../table.ts';

const INTERVAL_MS = 300;
/** Comparisons in which nothing has happened for so long are not waited for. */
const STALLED_MS = 120_000;
const EXAMPLES_SHOWN_MAX = 20;

/** How far the nodes are. */
export type RepairProgress =
  | { readonly kind: 'under-way'; readonly text: string }
  | {
      readonly kind: 'ended';
      readonly repaired: number;
      /** What is not known to be in step, and why, in sentences; none when everything is. */
      readonly left: readonly string[];
    };

/** Has all nodes compare, or one of them, and waits for the end. @throws CommandFailure when something is left */
export async function repairNodes(
  context: CommandContext,
  gateway: GatewayClient,
  nodeId: string | undefined,
  json: boolean,
): Promise<void> {
  const { terminal } = context;
  terminal.progress('Comparing replicas ...');
  const begun = await gateway.beginRepair(nodeId);
  const { answer, progress } = await waitForEnd(context, gateway, begun);
  terminal.progressDone();
  const { repaired, left } = progress;
  if (json) terminal.line(JSON.stringify({ inStep: left.length === 0, repaired, left, nodes: answer.nodes }));
  else for (const line of resultLines(context, answer, repaired)) terminal.line(line);
  if (left.length > 0) throw new CommandFailure(['Not everything is known to be in step.', ...left].join('\n  '));
  if (!json) terminal.line(inStepText(answer, nodeId));
}

async function waitForEnd(context: CommandContext, gateway: GatewayClient, begun: RepairAnswer) {
  const { terminal, clock } = context;
  const stopping = new AbortController();
  const unsubscribe = context.onStopSignal(() => stopping.abort());
  let answer = begun;
  let last = '';
  let advancedMs = clock.monotonicMs();
  try {
    for (;;) {
      const progress = repairProgress(begun, answer);
      if (progress.kind === 'ended') return { answer, progress };
      if (progress.text !== last) advancedMs = clock.monotonicMs();
      last = progress.text;
      terminal.progress(`Comparing replicas: ${last}`);
      if (stopping.signal.aborted || clock.monotonicMs() - advancedMs > STALLED_MS) throw notYet(last);
      await pause(clock, INTERVAL_MS, stopping.signal);
      answer = onlyOf(begun, await gateway.repairs());
    }
  } finally {
    unsubscribe();
  }
}

/** How far the nodes are that began, by what a gateway says of them now. */
export function repairProgress(begun: RepairAnswer, now: RepairAnswer): RepairProgress {
  const first = new Map(begun.nodes.map((each) => [each.node, each]));
  const waiting = now.nodes.filter((each) => isUnderWay(first.get(each.node), each));
  const repaired = now.nodes.reduce((sum, { run }) => sum + (run?.repaired ?? 0), 0);
  if (waiting.length > 0) return { kind: 'under-way', text: progressText(now, repaired) };
  return { kind: 'ended', repaired, left: leftOver(first, now) };
}

/** One that does not answer at this moment may still be comparing. */
function isUnderWay(begun: NodeRepairAnswer | undefined, { up, run, error }: NodeRepairAnswer): boolean {
  if (!up || begun?.run === undefined || begun.run === null) return false;
  if (run === null) return error !== null;
  return run.id >= begun.run.id && !run.ended;
}

function progressText({ nodes }: RepairAnswer, repaired: number): string {
  const peers = nodes.flatMap(({ run }) => run?.peers ?? []);
  const done = peers.filter(({ state }) => state !== 'waiting').length;
  const passes = Math.max(...nodes.map(({ run }) => run?.passes ?? 1));
  return `pass ${passes}, ${done} of ${counted(peers.length, 'comparison')}, ${counted(repaired, 'record')} brought up to date`;
}

function leftOver(begun: ReadonlyMap<string, NodeRepairAnswer>, { nodes }: RepairAnswer): readonly string[] {
  const down = new Set<string>();
  const others: string[] = [];
  for (const each of nodes) {
    if (!each.up) down.add(each.node);
    else others.push(...lostRun(begun.get(each.node), each));
    for (const { node, state, error } of each.run?.peers ?? []) {
      if (state === 'down') down.add(node);
      const pair = `${printable(each.node)} and ${printable(node)}`;
      if (state === 'failed')
        others.push(`${pair} could not be compared: ${printable(error ?? 'no reason was given')}.`);
      if (state === 'unsettled') others.push(`${pair} differed each time, ${each.run?.passes ?? 0} times.`);
    }
  }
  const ofDown = [...down].toSorted().map((id) => `${printable(id)} is down: it gets what it missed when it is back.`);
  return [...ofDown, ...others];
}

/** Why a node that is up has no run of its own to tell of. */
function lostRun(begun: NodeRepairAnswer | undefined, { node, run, error }: NodeRepairAnswer): readonly string[] {
  const id = printable(node);
  if (error !== null) return [`${id} does not answer: ${printable(error)}.`];
  if (begun?.run === undefined || begun.run === null) return [`${id} did not begin.`];
  if (run === null || run.id < begun.run.id) return [`${id} was started anew meanwhile. Begin again.`];
  return [];
}

function resultLines({ terminal }: CommandContext, answer: RepairAnswer, repaired: number): readonly string[] {
  const examples = answer.nodes.flatMap(({ run }) => run?.examples ?? []).slice(0, EXAMPLES_SHOWN_MAX);
  const table: TableContents = {
    kind: 'repaired',
    headings: ['Node', 'Key', 'From version', 'To version'],
    rows: examples.map(({ node, key, fromVersion, toVersion }) => [
      cell(node, 'strong'),
      cell(key),
      cell(fromVersion, 'bad'),
      cell(toVersion, 'good'),
    ]),
  };
  const more = repaired > examples.length && examples.length > 0 ? `, of which ${examples.length} are shown` : '';
  if (!terminal.interactive) return [...tableText(terminal, table), `total\t${repaired}`];
  const total = `${counted(repaired, 'record')} ${repaired === 1 ? 'was' : 'were'} brought up to date${more}.`;
  return [...(examples.length > 0 ? tableText(terminal, table) : []), total];
}

function inStepText({ nodes }: RepairAnswer, nodeId: string | undefined): string {
  if (nodeId !== undefined) return `${printable(nodeId)} is in step with all other nodes.`;
  return `Nothing differs any more: a last comparison of all that ${counted(nodes.length, 'node')} hold found all equal.`;
}

/** Of what a gateway says of all nodes, the part about those that were told to begin. */
function onlyOf(begun: RepairAnswer, now: RepairAnswer): RepairAnswer {
  const wanted = new Set(begun.nodes.map(({ node }) => node));
  return { ...now, nodes: now.nodes.filter(({ node }) => wanted.has(node)) };
}

function notYet(progress: string): CommandFailure {
  return new CommandFailure(
    `The comparison has not ended yet (${progress}).`,
    'The nodes go on by themselves; `trolley repair` again shows how far they are.',
  );
}
