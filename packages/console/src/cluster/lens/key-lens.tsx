/*
 * The key lens: type or click a key, and see its replicas, live.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { describeError } from '../../api/problem.ts';
import { send } from '../../api/send.ts';
import { hrefOf } from '../../app/route.ts';
import { route, showOnPage } from '../../app/router.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Notice } from '../../design/notice.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/skeleton.tsx';
import './lens.css';
import { ReplicaCard } from './replica-card.tsx';
import type { WatchedKey } from './replica-history.ts';
import { Siblings } from './siblings.tsx';
import type { Watching } from './use-watched-key.ts';
import { valueText } from './value-text.ts';

/** The key lens. */
export function KeyLens({ watching }: { readonly watching: Watching }): VNode {
  const { key, watched, error } = watching;
  return (
    <Panel
      title="Key lens"
      class="lens"
      aside={<span class="muted small">What each replica of a key holds, live</span>}
    >
      <KeyForm current={key} />
      {key === '' && <Suggestions />}
      {key !== '' && error !== undefined && watched === undefined && (
        <Notice tone="bad" title={`${key} cannot be looked up`}>
          {describeError(error)}
        </Notice>
      )}
      {key !== '' && error === undefined && watched === undefined && <Skeleton lines={9} label={`Looking up ${key}`} />}
      {watched && <KeyFound watched={watched} />}
    </Panel>
  );
}

function KeyForm({ current }: { readonly current: string }): VNode {
  const [draft, setDraft] = useState(current);
  useEffect(() => setDraft(current), [current]);
  const look = (event: Event): void => {
    event.preventDefault();
    showOnPage({ key: draft.trim(), group: undefined });
  };
  return (
    <form class="key-form" onSubmit={look} role="search" aria-label="Look up a key">
      <Field
        label="Key"
        hideLabel
        value={draft}
        onInput={setDraft}
        placeholder="product:apple or user:ann@example.com"
        autocomplete="off"
      />
      <Button type="submit" look="primary">
        Look
      </Button>
    </form>
  );
}

const SUGGESTED_OF_EACH = 4;

/** Keys that are there to be looked at. */
function Suggestions(): VNode {
  const [keys, setKeys] = useState<readonly string[]>([]);
  useEffect(() => {
    const end = new AbortController();
    void suggestKeys(end.signal).then(setKeys, () => setKeys([]));
    return () => end.abort();
  }, []);
  return (
    <div class="suggestions">
      <p class="muted">
        A key is a kind and a name: <code>product:</code>, <code>user:</code>, <code>item:</code>, <code>order:</code>{' '}
        and so on. {keys.length > 0 && 'Begin with one of these:'}
      </p>
      <ul role="list" class="row">
        {keys.map((key) => (
          <li key={key}>
            <a class="button small" href={hrefOf('cluster', { ...route.value.query, key })}>
              {key}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function suggestKeys(signal: AbortSignal): Promise<readonly string[]> {
  const query = { limit: SUGGESTED_OF_EACH };
  const [users, products] = await Promise.all([
    send<readonly { email: string }[]>('/userslist', { query, signal }),
    send<readonly { name: string }[]>('/productslist', { query, signal }),
  ]);
  return [...users.body.map(({ email }) => `user:${email}`), ...products.body.map(({ name }) => `product:${name}`)];
}

function KeyFound({ watched }: { readonly watched: WatchedKey }): VNode {
  const { key, placementGroup, merged, replicas } = watched.location;
  return (
    <>
      <dl class="key-facts">
        <div class="wide">
          <dt>{key} reads</dt>
          <dd class="value">{valueText(merged.value, merged.deleted)}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd class="figures">{merged.version}</dd>
        </div>
        <div>
          <dt>Placement group</dt>
          <dd>
            <a class="figures" href={hrefOf('cluster', { ...route.value.query, group: String(placementGroup) })}>
              {placementGroup}
            </a>
          </dd>
        </div>
      </dl>
      <ol role="list" class="replicas">
        {watched.replicas.map((replica, index) => (
          <ReplicaCard key={replica.replica.node} watched={replica} rank={index + 1} merged={merged} />
        ))}
      </ol>
      <Siblings name={key} replicas={replicas} />
    </>
  );
}
