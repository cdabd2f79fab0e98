/*
 * Histories of a register, made up by chance, and ways to spoil them, to hold the check of histories to. For tests only.
 */
import { registerModel, type Held, type RegisterAction, type RegisterOperation } from './register-model.ts';
import { pick, seededRandom } from './seeded-random.ts';

const OPEN_SHARE = 0.05;
const RELEASE_SHARE = 0.1;
const READ_SHARE = 0.3;

/**
 * What clients saw of a register that does one operation at a time, at a moment drawn for each; some got no answer, and
 * half of those were never done. Values are unique, but for releases.
 *
 * @param size how many operations, and how many of them go on at a time
 */
export function linearizableHistory(
  seed: number,
  { operations, clients }: { readonly operations: number; readonly clients: number },
): readonly RegisterOperation[] {
  const random = seededRandom(seed);
  const begun = Array.from({ length: operations }, (_, index) => {
    const calledAt = Math.floor(index / clients) + random();
    const doneAt = calledAt + random();
    return { index, calledAt, doneAt, returnedAt: doneAt + random(), isOpen: random() < OPEN_SHARE };
  });
  let held = registerModel.initial;
  return begun
    .toSorted((a, b) => a.doneAt - b.doneAt)
    .map(({ index, calledAt, returnedAt, isOpen }) => {
      const action = someAction(random, `value ${index}`, held);
      const found = held;
      if (!isOpen || random() < 0.5) held = after(held, action);
      return isOpen
        ? { action, calledAt, returnedAt: Infinity, result: undefined }
        : { action, calledAt, returnedAt, result: { found } };
    });
}

function after(held: Held, action: RegisterAction): Held {
  const next = registerModel.step(held, action, undefined);
  if (next === undefined) throw new Error('nothing is impossible of which no result is known');
  return next;
}

function someAction(random: () => number, value: string, held: Held): RegisterAction {
  if (random() < READ_SHARE) return { type: 'read' };
  const choices = [undefined, held, null, 'something else'];
  const from = choices[Math.floor(random() * choices.length)];
  return { type: 'change', from, to: random() < RELEASE_SHARE ? null : value };
}

/** Makes a right history of the above wrong, for certain; undefined when it has nothing to spoil. */
type Spoil = (history: readonly RegisterOperation[], seed: number) => readonly RegisterOperation[] | undefined;

/** Ways to spoil a history. */
export const spoiltHistories: readonly (readonly [what: string, spoil: Spoil])[] = [
  ['a change is forgotten whose value was found', forgetOne],
  ['somebody found what nobody put there', inventOne],
  ['two replaced the same value', replaceTwice],
  ['a value is found that was replaced long ago', goBack],
];

const returned = ({ result }: RegisterOperation) => result !== undefined;
const foundSomething = ({ result }: RegisterOperation) => result !== undefined && result.found !== null;
const replacedSomething = (operation: RegisterOperation) =>
  foundSomething(operation) && operation.action.type === 'change' && operation.action.from === undefined;

function forgetOne(history: readonly RegisterOperation[], seed: number): ReturnType<Spoil> {
  const { result } = pick(seededRandom(seed), history.filter(foundSomething));
  return history.filter(({ action }) => action.type === 'read' || action.to !== result?.found);
}

function inventOne(history: readonly RegisterOperation[], seed: number): ReturnType<Spoil> {
  const invented = pick(seededRandom(seed), history.filter(returned));
  return history.map((operation) =>
    operation === invented ? { ...operation, result: { found: 'nothing of this' } } : operation,
  );
}

function replaceTwice(history: readonly RegisterOperation[], seed: number): ReturnType<Spoil> {
  const first = pick(seededRandom(seed), history.filter(replacedSomething));
  return [...history, { ...first, action: { type: 'change', from: undefined, to: 'a second one' } }];
}

function goBack(history: readonly RegisterOperation[], seed: number): ReturnType<Spoil> {
  const { result, returnedAt } = pick(seededRandom(seed), history.filter(replacedSomething));
  const later = { calledAt: returnedAt + 1, returnedAt: returnedAt + 2 };
  return [...history, { action: { type: 'read' }, ...later, result }];
}
