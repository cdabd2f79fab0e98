/*
 * One node: whether it answers, what it holds, what waits for it, and what can be done to its process.
 */
import type { VNode } from 'preact';
import { commandNode, type ClusterNode, type NodeCommand } from '../../api/cluster.ts';
import { describeError } from '../../api/problem.ts';
import { byteSize, count, figure } from '../../app/format.ts';
import { asOperator } from '../../app/operator.tsx';
import { tell } from '../../app/toasts.tsx';
import { Button } from '../../design/button.tsx';
import { Tag } from '../../design/tag.tsx';
import { useWork } from '../../live/use-work.ts';
import { COMMAND_MEANING, COMMAND_TEXT, commandsFor, livenessOf, standingOf } from './node-state.ts';

interface NodeCardProps {
  readonly node: ClusterNode;
  readonly canCommand: boolean;
  readonly refresh: () => void;
}

/** A node. */
export function NodeCard({ node, canCommand, refresh }: NodeCardProps): VNode {
  const liveness = livenessOf(node);
  return (
    <li class={`node-card ${liveness.tone}`} data-node={node.id} data-liveness={liveness.text}>
      <header>
        <h3>{node.id}</h3>
        <span class="muted small">{node.zone}</span>
        <span class="liveness" title={liveness.meaning}>
          <Tag tone={liveness.tone} mark>
            {liveness.text}
          </Tag>
        </span>
      </header>
      <Figures node={node} />
      <div class="node-foot">
        {canCommand && <Commands node={node} refresh={refresh} />}
        <Circumstances node={node} />
      </div>
    </li>
  );
}

const UNKNOWN = '–';

function Figures({ node }: { readonly node: ClusterNode }): VNode {
  const { records, bytes, requestsPerSecond, hintsWaiting } = node;
  return (
    <dl class="node-figures">
      <Figure name="Keys" value={records === undefined ? UNKNOWN : count(records)} />
      <Figure name="Size" value={bytes === undefined ? UNKNOWN : byteSize(bytes)} />
      <Figure name="Requests/s" value={requestsPerSecond === undefined ? UNKNOWN : figure(requestsPerSecond)} />
      <Figure name="Hints waiting" value={count(hintsWaiting)} stands={hintsWaiting > 0} />
    </dl>
  );
}

function Figure({ name, value, stands = false }: { name: string; value: string; stands?: boolean }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={stands ? 'stands-out' : ''}>{value}</dd>
    </div>
  );
}

/** What is special about it. */
function Circumstances({ node }: { readonly node: ClusterNode }): VNode {
  const { fetching, incompleteGroups = 0, weight } = node;
  const standing = standingOf(node);
  return (
    <p class="circumstances small muted">
      {standing && (
        <span title={standing.meaning}>
          <Tag tone={standing.tone}>{standing.text}</Tag>{' '}
        </span>
      )}
      {fetching !== undefined && `fetches: ${fetching.groupsDone} of ${count(fetching.groups)} groups are here. `}
      {fetching === undefined && incompleteGroups > 0 && `lacks part of ${count(incompleteGroups)} groups. `}
      {weight !== 1 && `weight ${figure(weight)}`}
    </p>
  );
}

function Commands({ node, refresh }: { readonly node: ClusterNode; readonly refresh: () => void }): VNode {
  const { busy, run } = useWork();
  const command = (name: NodeCommand): void =>
    run(name, async () => {
      try {
        await asOperator(async () => commandNode(node.id, name));
      } catch (error) {
        tell('bad', `${COMMAND_TEXT[name]} ${node.id}: ${describeError(error)}`);
      }
      refresh();
    });
  return (
    <div class="node-commands">
      {commandsFor(node).map((name) => (
        <Button
          key={name}
          size="small"
          look={name === 'kill' ? 'danger' : 'plain'}
          label={`${COMMAND_TEXT[name]} ${node.id}`}
          title={COMMAND_MEANING[name]}
          busy={busy !== undefined}
          onClick={() => command(name)}
        >
          {COMMAND_TEXT[name]}
        </Button>
      ))}
    </div>
  );
}
