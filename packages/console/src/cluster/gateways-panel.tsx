/*
 * The gateways that are up. Every one serves every call; this page talks to one of them.
 */
import type { VNode } from 'preact';
import type { Cluster } from '../api/cluster.ts';
import { Panel } from '../design/panel.tsx';
import { Tag } from '../design/tag.tsx';

/** The gateways. */
export function GatewaysPanel({ cluster }: { readonly cluster: Cluster | undefined }): VNode {
  return (
    <Panel title="Gateways">
      <ul role="list" class="gateways">
        {(cluster?.gateways ?? []).map(({ id, url }) => (
          <li key={id}>
            <strong>{id}</strong>
            <a href={url} class="mono small">
              {url.replace(/^https?:\/\//, '')}
            </a>
            {isThisOne(url) && <Tag tone="good">serves this page</Tag>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** By its port: the name in the address may be another than the one that it registered. */
function isThisOne(url: string): boolean {
  return new URL(url).port === location.port;
}
