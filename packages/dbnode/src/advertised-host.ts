/*
 * By which host name or address others reach this node. Pure: the machine's addresses and name are arguments.
 */

/** One address of one network interface, as os.networkInterfaces() tells it. */
interface InterfaceAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/** What is known of the machine. */
export interface MachineAddresses {
  readonly addresses: readonly InterfaceAddress[];
  readonly hostname: string;
}

const EVERY_INTERFACE = new Set(['0.0.0.0', '::', '[::]', '*']);

/**
 * The address to register with: the one that was set, else the one listened on, else, when that is all of
 * them, the machine's first IPv4 address that others can see, else its name.
 */
export function advertisedHost(set: string | undefined, listenedOn: string, machine: MachineAddresses): string {
  if (set !== undefined) {
    return set;
  }
  if (!EVERY_INTERFACE.has(listenedOn)) {
    return listenedOn;
  }
  const seenByOthers = machine.addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return seenByOthers?.address ?? machine.hostname;
}
