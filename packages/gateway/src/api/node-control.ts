/*
 * The calls that kill a node's process, pause it, cut it off, and undo that, for whoever wants to watch the cluster
 * get over it. They only pass the wish on to the launcher.
 */
import { ProblemError, type NodeCommand } from '@trolley/cluster';
import type { Launcher } from '../launcher-client.ts';
import type { ProcessWatch } from '../process-watch.ts';
import { nodeCommandSchema } from './cluster-schemas.ts';
import { LAUNCHER_PROBLEMS, launcherFailed, noLauncher } from './launcher-problems.ts';
import { commandedNode, GUARD_NOTE, GUARD_PROBLEMS, nodeParameters, type OperatorRules } from './operator-guard.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';

/** What the calls work with. */
export interface NodeControl {
  /** Absent when no launcher started this cluster. */
  readonly launcher: Launcher | undefined;
  readonly processes: ProcessWatch | undefined;
  readonly operators: OperatorRules;
}

const PROBLEMS = {
  ...GUARD_PROBLEMS,
  404: 'There is no such node.',
  409: 'The node’s process is in no state for it, or another command to it is being carried out.',
  ...LAUNCHER_PROBLEMS,
};

/** Adds the calls to the router. */
export function serveNodeControl(router: GatewayRouter, control: NodeControl): void {
  serveCommand(router, control, 'kill', 'Kill a node’s process, as kill -9 does');
  serveCommand(router, control, 'restart', 'Start a node’s process again on the same data');
  serveCommand(router, control, 'pause', 'Stop a node’s process in mid-breath, as if its machine hung');
  serveCommand(router, control, 'resume', 'Let a paused process go on');
  serveCommand(router, control, 'cut-off', 'Cut a node off from all others, as a partition does');
  serveCommand(router, control, 'rejoin', 'Let a node back that was cut off');
}

function serveCommand(router: GatewayRouter, control: NodeControl, command: NodeCommand, summary: string): void {
  serve(
    router,
    {
      method: 'post',
      path: `/cluster/nodes/{id}/${command}`,
      tag: 'Cluster',
      summary,
      description: GUARD_NOTE,
      query: NO_QUERY,
      body: NO_BODY,
      parameters: nodeParameters,
      success: { status: 200, description: 'It was done.', schema: nodeCommandSchema },
      problems: PROBLEMS,
    },
    async (_, context) => {
      const node = commandedNode(context.req, control.operators);
      await carryOut(control.launcher, node, command);
      // Whoever looks next sees it.
      await control.processes?.refresh();
      return context.json({ node, command });
    },
  );
}

async function carryOut(launcher: Launcher | undefined, node: string, command: NodeCommand): Promise<void> {
  if (launcher === undefined) throw noLauncher('Nodes cannot be commanded here');
  const outcome = await launcher.command(node, command);
  switch (outcome.type) {
    case 'done':
      return;
    case 'unknown-node':
      throw problem(404, 'NODE_NOT_FOUND', 'There is no such node', `The launcher started no node ${node}.`);
    case 'refused':
      throw problem(409, 'NODE_BUSY', 'The node is in no state for this', outcome.reason);
    case 'failed':
      throw launcherFailed(`Asked to ${command} ${node}, ${outcome.reason}.`);
  }
}

function problem(status: 404 | 409, code: string, title: string, detail: string): ProblemError {
  return new ProblemError({ status, code, title, detail });
}
