/*
 * What a launcher and a process that it started say to each other, over the channel that a parent has to its child:
 * the child reports its state, and obeys orders about its network. Nobody else has the other end of that channel.
 */
import { z } from 'zod';
import type { NetworkSwitch } from './network-switch.ts';

/** What a child says of itself: it serves, or is cut off as it was told. */
export const childReportSchema = z.object({ state: z.enum(['running', 'cut-off']) });
export type ChildReport = z.infer<typeof childReportSchema>;

const orderSchema = z.object({ order: z.enum(['cut-off', 'rejoin']) });
/** What a launcher tells a child to do; the child reports once it is done. */
export type ChildOrder = z.infer<typeof orderSchema>;

/** The child's end of the channel: `process`, or what a test puts there. */
export interface ParentChannel {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  send?(message: ChildReport): unknown;
}

/** Whether a launcher started this process, as its environment says. */
export function hasLauncher(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['TROLLEY_PARENT'] === '1';
}

/** Reports that this process serves, and obeys from now on. @param network absent for a process that is never cut off */
export function answerParent(channel: ParentChannel, network: NetworkSwitch | undefined): void {
  const report = (state: ChildReport['state']): void => void channel.send?.({ state });
  channel.on('message', (message) => {
    const told = orderSchema.safeParse(message);
    if (!told.success || network === undefined) return;
    if (told.data.order === 'cut-off') network.cutOff();
    else network.rejoin();
    report(told.data.order === 'cut-off' ? 'cut-off' : 'running');
  });
  report('running');
}
