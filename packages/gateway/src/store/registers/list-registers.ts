/*
 * Lists registers over all nodes: of what the nodes that answer hold under a key, the newest.
 */
import { compareBallots, decodeRegister, type RecordText, type Register } from '@trolley/records';
import type { RegisterOptions, RegisterPage } from '../../registers.ts';
import { listWith, type Page } from '../lister.ts';
import type { StoreContext } from '../store-context.ts';
import { decodeEnvelope } from './envelope.ts';

/** A page of registers without those that were released; it may hold fewer than there is room for. @throws StoreError */
export async function listRegisters(
  context: StoreContext,
  prefix: string,
  page: Page,
  options: RegisterOptions,
): Promise<RegisterPage> {
  const { entries, next } = await listWith(context, { prefix, page, mergeTexts: newestOf }, options);
  const values = entries.map(({ key, record: { accepted, value } }) => {
    return { key, value: decodeEnvelope(value).value, version: accepted[0] };
  });
  return { entries: values.filter(({ value }) => value !== null), next };
}

function newestOf(texts: Iterable<RecordText>): Register {
  return [...texts].map(decodeRegister).reduce((a, b) => (compareBallots(a.accepted, b.accepted) < 0 ? b : a));
}
