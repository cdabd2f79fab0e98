/*
 * The texts of `--help`: what each command does, what happens then, and examples to copy.
 */

export const PROGRAM_DESCRIPTION = `A leaderless, replicated key-value store, with a gateway for carts and claims.
Each key is on several nodes; any of them may be killed, and the shop goes on.`;

export const PROGRAM_EXAMPLES = `
Start with:
  trolley up                          a cluster on this machine (npm start does the same)
Then, in another terminal:
  trolley status                      who is up, and what the map says
  trolley where product:orange        which nodes hold a key, and what each of them has
  trolley kill node-2                 kill a node, then shop on
  trolley restart node-2              bring it back, and watch it catch up with "where --watch"
  trolley drain node-4                empty a node, so that it may be stopped for good
  trolley library                     reserve books; trolley theatre books seats
  trolley stress 2                    many clients at once, and whether every claim was kept
  trolley repair                      have all replicas compared now, and healed

Keys are written product:NAME and user:E-MAIL.
Exit codes: 0 done, 1 it failed, 2 the command line was wrong.
In a pipe the tables become lines with tabs; NO_COLOR=1 turns the colours off.`;

export const UP_DESCRIPTION = `Start a cluster on this machine: storage nodes, gateways, and a registry that knows them.
Goes on until Ctrl-C, which stops everything in order. The data stays, and is there at the next start.`;

export const UP_EXAMPLES = `
What happens:
  Each node and each gateway is a process of its own, with a log under DATA/logs. An empty shop gets
  sample data on the first start. A process that dies is not started again by itself, so that you can see
  what the others do without it: "trolley restart NODE" does that.

Examples:
  trolley up
  trolley up --nodes 5 --gateways 2   gateways on ports 5000 and 5001
  trolley up --port 6000 --data /tmp/shop
  trolley up --zookeeper 127.0.0.1:2181
  npm start -- --nodes 5              the same through npm`;

export const STATUS_DESCRIPTION =
  'Show the cluster map, the nodes (up or down, in or out of the map) and the gateways.';

export const STATUS_EXAMPLES = `
up and down: whether the node runs. in and out: whether the map places data on it. A node that is down
stays in for a while (DOWN_OUT_AFTER, ten minutes unless set), as moving its data would be a waste when it
comes back soon; then its data is copied to others and it is out, until it is back. It stays in for longer,
and a line says so, when too few other nodes are up.
draining and drained: an operator takes the node out ("trolley drain"); drained, it may be stopped.
Hints for it: keys that the node missed a write to, and that others will send it.
With --watch in a pipe, each change prints the whole state again, after an empty line.

Examples:
  trolley status
  trolley status --watch
  trolley status --gateway http://127.0.0.1:5001
  trolley status | grep ^node | cut -f 2,3     the nodes and whether they are up`;

export const WHERE_DESCRIPTION = "Show a key's replicas: what each node holds, and which of them lag behind.";

export const WHERE_EXAMPLES = `
The version counts the writes that a replica has seen. A stale replica has missed one, and is shown in red until
the others have sent it what it lacks. This command only looks: it repairs nothing.

Examples:
  trolley where product:orange
  trolley where product:orange --watch
  trolley where user:ann@example.com --json`;

export const SEED_DESCRIPTION =
  'Put in sample data: a shop, the books of a library, the seats of a theatre; or a shop of your own.';

export const SEED_EXAMPLES = `
What is there already is left as it is, so seeding twice does not double the stock, and takes no book from anybody.
shop: products, and users with carts. library: 1,200 books. theatre: six plays in six rooms of 120 seats.
The file: {"products": [{"name": "apple", "quantity": 5}],
           "users": [{"email": "ann@example.com", "cart": {"apple": 1}}]}

Examples:
  trolley seed                        everything
  trolley seed library
  trolley seed shop.json`;

export const KILL_DESCRIPTION = 'Kill a node with SIGKILL, as a crash would, and wait until the cluster has noticed.';

export const KILL_EXAMPLES = `
The node gets no chance to save anything; what it acknowledged is in its journal all the same. The others
go on serving. Works on clusters that "trolley up" started; sends OPERATOR_TOKEN when that is set.

Examples:
  trolley kill node-2
  trolley kill node-2 && trolley where product:orange`;

export const RESTART_DESCRIPTION = 'Start a node again on its own data, and wait until the cluster sees it up.';

export const RESTART_EXAMPLES = `
A node that still runs is stopped in order first. Works on clusters that "trolley up" started; sends
OPERATOR_TOKEN when that is set.

Examples:
  trolley restart node-2`;

export const PAUSE_DESCRIPTION = "Stop a node's process in mid-breath, and wait until the cluster has noticed.";

export const PAUSE_EXAMPLES = `
The process is there, keeps its memory and its connections, and does nothing: like a machine that hangs. It does
not know that time passes. Works on clusters that "trolley up" started; sends OPERATOR_TOKEN when that is set.

Examples:
  trolley pause node-2
  trolley resume node-2`;

export const RESUME_DESCRIPTION = 'Let a paused node go on, and wait until the cluster sees it up.';

export const RESUME_EXAMPLES = `
The node goes on in the middle of what it did, and learns what it missed. Works on clusters that "trolley up"
started; sends OPERATOR_TOKEN when that is set.

Examples:
  trolley resume node-2`;

export const CUT_OFF_DESCRIPTION = 'Cut a node off from all others, as a partition would, and wait until they noticed.';

export const CUT_OFF_EXAMPLES = `
The node runs, and no traffic passes between it and gateways, nodes or the registry. Works on clusters that
"trolley up" started; sends OPERATOR_TOKEN when that is set.

Examples:
  trolley cut-off node-2
  trolley rejoin node-2`;

export const REJOIN_DESCRIPTION = 'Let a node back that was cut off, and wait until the cluster sees it up.';

export const REJOIN_EXAMPLES = `
The node registers again by itself and learns what it missed. Works on clusters that "trolley up" started; sends
OPERATOR_TOKEN when that is set.

Examples:
  trolley rejoin node-2`;

export const DRAIN_DESCRIPTION = 'Take a node out: its data moves to the others, and then it may be stopped for good.';

export const DRAIN_EXAMPLES = `
Waits until the node holds nothing any more, and shows how far it is; Ctrl-C ends the waiting, not the drain.
A drained node stays out, also when it is started again, until "--cancel" lets it in. Refused when the nodes
that are left could not hold as many replicas, or while data moves to this node. Sends OPERATOR_TOKEN when
that is set.

Examples:
  trolley drain node-4
  trolley drain node-4 --cancel`;

export const STRESS_DESCRIPTION = 'Put claims under load, and say from the data whether every one of them was kept.';

export const STRESS_EXAMPLES = `
The tests:
  1  one client makes the same request very fast: one reservation of each item
  2  several clients make random requests: at most one holder for each item, every success is there
  3  two clients take everything at once: every item once, neither client less than a third
  4  the same item is reserved and cancelled all the time: never two holders, nothing left hanging
  5  many reservations are changed at once: none lost, none doubled

What happens:
  Each run makes items of its own, whose ids begin with "stress-", and removes them afterwards. The verdict
  comes from what the clients were told and from what every item and every person's list says in the end.
  Exit code 1 when a claim was not kept. Ctrl-C ends the run and removes its items; there is no verdict then.
  The size counts requests (1, 2), items (3), rounds (4) or reservations (5).

Examples:
  trolley stress 1
  trolley stress 2 --size 50000 --workers 32
  trolley stress 3 --gateways 3       through three of the gateways that the cluster knows
  trolley stress 4 --gateways 127.0.0.1:5000,127.0.0.1:5001
  trolley stress 5 --json`;

export const REPAIR_DESCRIPTION =
  'Have the nodes compare all that they hold with each other now, heal what differs, and say what was found.';

export const REPAIR_EXAMPLES = `
Nodes do so by themselves, in their own time; this is for whoever does not want to wait, or wants to know. Waits until
a full comparison finds nothing different. Exit code 1 when something is left, such as a node that is down; lines say
what. Ctrl-C ends the waiting, not the comparison. With NODE, that node compares with all others. Sends
OPERATOR_TOKEN when that is set.

Examples:
  trolley repair
  trolley repair node-2
  trolley repair --json`;

export const WEIGHT_DESCRIPTION = 'Say how much of the data a node should hold, relative to the other nodes.';

export const WEIGHT_EXAMPLES = `
Twice the weight, twice the data and the traffic. Answers at once; then data moves, and nothing but what has to. The
weight counts from now on, whatever WEIGHT the node is started with, until "--reset" leaves it to the node again.
Sends OPERATOR_TOKEN when that is set.

Examples:
  trolley weight node-2 2
  trolley weight node-2 --reset`;

export const FORGET_DESCRIPTION = 'Take a node off the map that is gone for good.';

export const FORGET_EXAMPLES = `
Refused while the node is up, or while data is placed on it: drain it first, which works for a node that is down too.
What it alone acknowledged is lost with it, so do this only when its disk is lost. Should it start again, it joins as a
new node. Sends OPERATOR_TOKEN when that is set.

Examples:
  trolley drain node-4 && trolley forget node-4`;
