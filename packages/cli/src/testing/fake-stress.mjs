// `trolley stress` for tests of the launcher, as a process of its own: writes down the words that it was given, a line of
// progress among what is none, and ends; FAKE_ERROR and FAKE_WAITS make it fail, or wait to be stopped.
import { writeFileSync } from 'node:fs';

const { FAKE_ERROR, FAKE_WAITS, FAKE_WORDS_FILE } = process.env;
writeFileSync(FAKE_WORDS_FILE, JSON.stringify(process.argv.slice(2)));
process.on('SIGTERM', () => {
  process.stderr.write('stopping\n');
  process.exit(1);
});
process.stdout.write('no line\n{"type":"dance"}\n{"type":"progress","done":1}\n');
if (FAKE_ERROR !== undefined) process.stderr.write(FAKE_ERROR);
if (FAKE_WAITS !== undefined) setInterval(() => undefined, 1e6);
else if (process.connected) process.disconnect();
