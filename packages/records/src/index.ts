/*
 * What the other packages may use: records, how they change and merge, and their form on wire and disk.
 */
export { accept, prepare, type Proposal } from './acceptor.ts';
export { applyChange } from './apply-change.ts';
export { recall } from './applied-requests.ts';
export type { Change, ChangeAction, ChangeOutcome, Line, Once, RefusalCode } from './change.ts';
export { compare, version } from './context.ts';
export { MalformedRecordError } from './canonical-text.ts';
export { contextTextOf, decodeContext, decodeRecord } from './decode.ts';
export { encodeContext, encodeRecord, quoted } from './encode.ts';
export {
  isRegisterKey,
  type KeyKind,
  openKey,
  parseKey,
  personKey,
  PRODUCT_PREFIX,
  productKey,
  USER_PREFIX,
  userKey,
} from './keys.ts';
export { listOf } from './list.ts';
export { merge } from './merge.ts';
export { productOf, QUANTITY_MAX } from './product.ts';
export type { CausalRecord, Context, ContextText, RecordText } from './record.ts';
export { decodeRegister, encodeRegister, isRegisterText, promisedCounterOf } from './register-text.ts';
export { compareBallots, emptyRegister, NO_BALLOT, type Ballot, type Register } from './register.ts';
export {
  comparableText,
  compareContextTexts,
  isDeletedText,
  mergeTexts,
  textRemembersUntilMs,
  uniteTexts,
  versionOfContext,
} from './stored-text.ts';
export { isTombstone, isTombstoneText } from './tombstone.ts';
export { emptyRecord, remove, update, write } from './update.ts';
export { cartLinesOf, isUser, userOf } from './user.ts';
