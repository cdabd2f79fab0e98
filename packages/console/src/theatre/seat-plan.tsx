/*
 * A room's plan. Arrow keys move among the seats, of which one is in the tab order; space chooses.
 */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { itemState, type ItemState } from '../items/item.ts';
import { moveInPlan } from './move-in-plan.ts';
import { canChoose, type Play } from './plays.ts';
import { ROWS, rowLetter, SEATS_IN_ROW, seatLabel, type Place } from './seat.ts';

interface SeatPlanProps {
  readonly play: Play;
  readonly user: string;
  /** Labels of the seats that are chosen. */
  readonly chosen: ReadonlySet<string>;
  readonly onToggle: (label: string) => void;
}

const ROW_NUMBERS = Array.from({ length: ROWS }, (_, index) => index + 1);
const SEAT_NUMBERS = Array.from({ length: SEATS_IN_ROW }, (_, index) => index + 1);
const STATE_TEXT: Readonly<Record<ItemState, string>> = {
  free: 'free',
  taken: 'taken',
  yours: 'yours',
  pending: 'being decided',
};

/** The plan. */
export function SeatPlan({ play, user, chosen, onToggle }: SeatPlanProps): VNode {
  const grid = useRef<HTMLDivElement>(null);
  const [here, setHere] = useState<Place>({ row: 1, seat: 1 });
  const move = (event: KeyboardEvent): void => {
    const next = moveInPlan(here, event);
    if (next === undefined) return;
    event.preventDefault();
    setHere(next);
    grid.current?.querySelector<HTMLElement>(`[data-seat="${seatLabel(next)}"]`)?.focus();
  };
  return (
    <div class="seat-plan" ref={grid} role="grid" aria-label={`Seats of ${play.room}`} onKeyDown={move}>
      {ROW_NUMBERS.map((row) => (
        <div key={row} role="row" class="seat-row">
          <span class="row-letter" aria-hidden="true">
            {rowLetter(row)}
          </span>
          {SEAT_NUMBERS.map((seat) => (
            <SeatCell
              key={seat}
              place={{ row, seat }}
              state={stateOf(play, { row, seat }, user)}
              isChosen={chosen.has(seatLabel({ row, seat }))}
              isHere={here.row === row && here.seat === seat}
              onFocus={() => setHere({ row, seat })}
              onToggle={onToggle}
            />
          ))}
          <span class="row-letter" aria-hidden="true">
            {rowLetter(row)}
          </span>
        </div>
      ))}
    </div>
  );
}

function stateOf(play: Play, place: Place, user: string): ItemState | undefined {
  const seat = play.seats.get(seatLabel(place));
  return seat && itemState(seat.item, user);
}

interface SeatCellProps {
  readonly place: Place;
  /** Undefined where there is no seat. */
  readonly state: ItemState | undefined;
  readonly isChosen: boolean;
  /** Whether it is the one in the tab order. */
  readonly isHere: boolean;
  readonly onFocus: () => void;
  readonly onToggle: (label: string) => void;
}

function SeatCell({ place, state, isChosen, isHere, onFocus, onToggle }: SeatCellProps): VNode {
  const label = seatLabel(place);
  const isOpen = state !== undefined && canChoose(state);
  const words = state === undefined ? 'no seat' : STATE_TEXT[state];
  return (
    <div role="gridcell" class={place.seat === SEATS_IN_ROW / 2 + 1 ? 'seat-cell after-aisle' : 'seat-cell'}>
      <button
        type="button"
        class={`seat ${state ?? 'absent'} ${isChosen ? 'chosen' : ''}`}
        data-seat={label}
        tabIndex={isHere ? 0 : -1}
        aria-pressed={isOpen ? isChosen : undefined}
        aria-disabled={!isOpen}
        aria-label={`Row ${rowLetter(place.row)} seat ${place.seat}, ${words}${isChosen ? ', chosen' : ''}`}
        title={`${label}, ${words}`}
        onFocus={onFocus}
        onClick={() => {
          if (isOpen) onToggle(label);
        }}
      >
        <span aria-hidden="true">{signOf(place, state, isChosen)}</span>
      </button>
    </div>
  );
}

/** Read without colours. */
function signOf({ seat }: Place, state: ItemState | undefined, isChosen: boolean): string {
  if (isChosen) return '✓';
  switch (state) {
    case 'free':
      return String(seat);
    case 'taken':
      return '×';
    case 'yours':
      return '●';
    case 'pending':
      return '?';
    case undefined:
      return '';
    default:
      return state satisfies never;
  }
}
