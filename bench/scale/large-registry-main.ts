/*
 * The embedded registry alone in a process, to see what many registrations cost it. Says where it listens.
 */
import { startEmbeddedRegistryServer, systemClock } from '@trolley/cluster';
import { pino } from 'pino';

const logger = pino({ level: 'silent' });
const { url } = await startEmbeddedRegistryServer({ host: '127.0.0.1', port: 0, clock: systemClock, logger });
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ msg: 'the registry is up', url })}\n`);
