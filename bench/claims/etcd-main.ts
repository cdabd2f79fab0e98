/*
 * The handler on etcd, by gRPC: a transaction for each claim, that puts the holder if the key has the value of a free
 * item. Talks to the leader alone (ETCD_URL), which spares it the way of a request through a follower.
 */
import { Etcd3 } from 'etcd3';
import { FREE, serveClaims } from './claim-app.ts';

const client = new Etcd3({ hosts: process.env['ETCD_URL'] ?? '' });
const keyOf = (item: string) => `item:${item}`;
serveClaims({
  async free(item) {
    await client.put(keyOf(item)).value(FREE);
  },
  async claim(item, holder) {
    const key = keyOf(item);
    const { succeeded, responses } = await client
      .if(key, 'Value', '==', FREE)
      .then(client.put(key).value(holder))
      .else(client.get(key))
      .commit();
    return succeeded ? holder : (responses[0]?.response_range?.kvs[0]?.value.toString() ?? 'nobody');
  },
});
