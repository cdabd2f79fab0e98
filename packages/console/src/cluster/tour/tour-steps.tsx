/*
 * The five steps of the tour: what each tells, and its one button.
 */
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { commandNode, type Cluster, type NodeCommand } from '../../api/cluster.ts';
import { post } from '../../api/persist.ts';
import { describeError } from '../../api/problem.ts';
import { send } from '../../api/send.ts';
import { asOperator } from '../../app/operator.tsx';
import { showOnPage } from '../../app/router.ts';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { useWork } from '../../live/use-work.ts';
import type { Watching } from '../lens/use-watched-key.ts';
import type { TourState } from './tour-state.ts';

/** What every step is given. */
export interface StepProps {
  readonly cluster: Cluster;
  readonly state: TourState;
  readonly watching: Watching;
  readonly refreshCluster: () => void;
}

const CARTS_OFFERED = 5;
const OWN_CART = 'tour@example.com';

/** Step 1. */
export function PickStep({ state: { isDone }, watching }: StepProps): VNode {
  const [emails, setEmails] = useState<readonly string[]>();
  useEffect(() => {
    const end = new AbortController();
    void send<readonly { email: string }[]>('/userslist', { query: { limit: CARTS_OFFERED }, signal: end.signal }).then(
      ({ body }) => setEmails(body.map(({ email }) => email)),
      () => setEmails([]),
    );
    return () => end.abort();
  }, []);
  return (
    <>
      <p>A cart is kept by several nodes, its replicas. Pick one, and see below in the key lens who has it.</p>
      <div class="row" role="group" aria-label="Carts">
        {emails?.map((email) => (
          <Button key={email} pressed={watching.key === `user:${email}`} onClick={() => pick(email)}>
            {email}
          </Button>
        ))}
        {emails?.includes(OWN_CART) === false && <OwnCart onMade={() => pick(OWN_CART)} />}
      </div>
      <Outcome isDone={isDone}>{watching.watched && replicasText(watching)}</Outcome>
    </>
  );
}

function pick(email: string): void {
  showOnPage({ key: `user:${email}` }, 'replace');
}

function replicasText({ watched }: Watching): string {
  const nodes = watched?.location.replicas.map(({ node }) => node) ?? [];
  return `This cart is on ${nodes.join(', then ')}, in this order. Writes go to ${nodes[0]} first.`;
}

function OwnCart({ onMade }: { readonly onMade: () => void }): VNode {
  return (
    <Action
      label="A new cart"
      look="plain"
      action={async () => {
        await post('/user', { email: OWN_CART, cart: {} });
        onMade();
      }}
    />
  );
}

/** Step 2. */
export function KillStep({ state: { victim, isDone }, refreshCluster }: StepProps): VNode {
  const id = victim?.id;
  return (
    <>
      <p>
        {id === undefined
          ? 'No replica of this cart is left to kill: restart a node first.'
          : `${id} is the last replica in the order. Killing it ends its process at once, as kill -9 does. The cart stays writable: the others are enough.`}
      </p>
      {id !== undefined && !isDone && (
        <Action
          label={`Kill ${id}`}
          look="danger"
          action={async () => {
            await command(id, 'kill');
            showOnPage({ victim: id }, 'replace');
            refreshCluster();
          }}
        />
      )}
      <Outcome isDone={isDone}>{id} is down. Nobody moves its data: it may well be back soon.</Outcome>
    </>
  );
}

/** Step 3. */
export function AddStep({ state: { victim, replica, isDone }, watching }: StepProps): VNode {
  const merged = watching.watched?.location.merged;
  return (
    <>
      <p>Shop on without {victim?.id}. What it misses, one of the others notes for it: a hint, the key and no value.</p>
      {!isDone && (
        <Action
          label="Add one to the cart"
          action={async () => {
            showOnPage({ added: String(await addOne(watching)) }, 'replace');
            watching.refresh();
          }}
        />
      )}
      <Outcome isDone={isDone}>
        The cart has version {merged?.version} on the replicas that live. {victim?.id}{' '}
        {replica?.remembered
          ? `still has version ${replica.replica.version} on its disk: it is stale.`
          : 'missed that.'}
      </Outcome>
    </>
  );
}

/** One more of what is in the cart, or of the first product that there is; resolves to the cart's version. */
async function addOne({ key, watched }: Watching): Promise<number> {
  const value = watched?.location.merged.value;
  const inCart = value !== null && value !== undefined && 'cart' in value ? Object.keys(value.cart)[0] : undefined;
  const product = inCart ?? (await firstProduct());
  const body = { email: key.replace(/^user:/, ''), products: { [product]: 1 } };
  return (await post<{ version: number }>('/addtocart', body)).body.version;
}

async function firstProduct(): Promise<string> {
  const { body } = await send<readonly { name: string }[]>('/productslist', { query: { limit: 1 } });
  const [first] = body;
  if (first === undefined) throw new Error('There is no product to add. Put one on the shelf in the shop first');
  return first.name;
}

/** Step 4. */
export function RestartStep({ state: { victim, isDone }, refreshCluster }: StepProps): VNode {
  const id = victim?.id ?? '';
  return (
    <>
      <p>
        Start {id} again on the data that it had. Keep an eye on the key lens: it comes back stale, and does not stay so
        for long.
      </p>
      {!isDone && (
        <Action
          label={`Restart ${id}`}
          action={async () => {
            await command(id, 'restart');
            refreshCluster();
          }}
        />
      )}
      <Outcome isDone={isDone}>{id} is up again, with all that it had acknowledged before.</Outcome>
    </>
  );
}

/** Step 5. */
export function ReadStep({ state: { victim, replica, isDone }, watching }: StepProps): VNode {
  const repair = replica?.repair;
  return (
    <>
      <p>
        Read the cart as any client does. A read that finds a replica behind mends it; but the hint may have been
        sooner, and comparing digests would find it in the end.
      </p>
      {!isDone && (
        <Action
          label="Read the cart"
          action={async () => {
            await send('/user', { query: { email: watching.key.replace(/^user:/, ''), r: 'all' } });
            showOnPage({ read: 'yes' }, 'replace');
            watching.refresh();
          }}
        />
      )}
      <Outcome isDone={isDone}>
        {repair === undefined
          ? `${victim?.id} is current again.`
          : `${victim?.id} went from version ${repair.fromVersion} to ${repair.toVersion}: ${WHY_TEXT[repair.why]}`}
      </Outcome>
    </>
  );
}

const WHY_TEXT = {
  hint: 'whoever had noted what it missed handed it over as soon as it was back. Nobody had to ask.',
  read: 'a read found it stale and wrote back what it lacked.',
  'anti-entropy': 'it compared digests with another replica, and fetched what differed.',
} as const;

async function command(node: string, name: NodeCommand): Promise<void> {
  await asOperator(async () => commandNode(node, name));
}

interface ActionProps {
  readonly label: string;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly action: () => Promise<void>;
}

/** A step's button, and what went wrong with it. */
function Action({ label, look = 'primary', action }: ActionProps): VNode {
  const { busy, run } = useWork();
  const [error, setError] = useState<unknown>();
  const attempt = async (): Promise<void> => {
    try {
      setError(undefined);
      await action();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <>
      <div>
        <Button look={look} busy={busy !== undefined} onClick={() => run(label, attempt)}>
          {label}
        </Button>
      </div>
      {error !== undefined && <Notice tone="bad">{describeError(error)}</Notice>}
    </>
  );
}

/** What came of the step, read out when it is done. */
function Outcome({ isDone, children }: { readonly isDone: boolean; readonly children: ComponentChildren }): VNode {
  return (
    <p class="tour-outcome" aria-live="polite">
      {isDone && (
        <>
          <span class="done-mark" aria-hidden="true">
            ✓
          </span>{' '}
          {children}
        </>
      )}
    </p>
  );
}
