/*
 * The handler on the registers of a gateway, without its API: a change of one register for each claim, at the same
 * nodes that the gateways use. REGISTRY_URL and the other settings are those of a gateway.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openNodeTransport, openRegistry, systemClock } from '@trolley/cluster';
import { createEventFeed, createGatewayMetrics, createStore, parseSettings } from '@trolley/gateway';
import { pino } from 'pino';
import { FREE, serveClaims } from './claim-app.ts';

const LOOK_INTERVAL_MS = 50;

const settings = parseSettings(process.env);
const logger = pino({ level: 'silent' });
const clock = systemClock;
const registry = openRegistry({ ...settings, clock, logger });
const { registers, status } = createStore({
  registry,
  transport: openNodeTransport({ clusterToken: settings.clusterToken }),
  clock,
  random: Math.random,
  logger,
  metrics: createGatewayMetrics(),
  events: createEventFeed({ clock }),
  settings,
});
while (status.overview().nodes.filter(({ up }) => up).length < settings.expectedNodes) await pause(LOOK_INTERVAL_MS);

const makeFree = () => ({ type: 'write', value: FREE, result: null }) as const;
const keyOf = (item: string) => `item:${item}`;
serveClaims({
  async free(item) {
    await registers.change(keyOf(item), { id: randomUUID(), decide: makeFree }, { requestId: item });
  },
  async claim(item, holder) {
    return registers.change<string>(
      keyOf(item),
      {
        id: randomUUID(),
        decide: (value) =>
          value === FREE
            ? { type: 'write', value: holder, result: holder }
            : { type: 'keep', result: typeof value === 'string' ? value : 'nobody' },
      },
      { requestId: item },
    );
  },
});
