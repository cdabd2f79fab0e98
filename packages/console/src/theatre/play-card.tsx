/*
 * A play among others: what it is, and how full its room.
 */
import type { VNode } from 'preact';
import { hrefOf } from '../app/route.ts';
import { route } from '../app/router.ts';
import { itemState } from '../items/item.ts';
import { countStates, type Play } from './plays.ts';
import { ROWS, SEATS_IN_ROW, seatLabel } from './seat.ts';

const DOT = 8;

/** The card; all of it is a link to the room. */
export function PlayCard({ play, user }: { readonly play: Play; readonly user: string }): VNode {
  const { free, yours } = countStates(play, user);
  return (
    <a class="play-card" href={hrefOf('theatre', { ...route.value.query, room: play.slug })}>
      <span class="stack tight">
        <strong class="title">{play.title}</strong>
        <span class="muted">{play.room}</span>
        <span class="figures">
          {free} of {play.seats.size} free
          {yours > 0 && `, ${yours} yours`}
        </span>
      </span>
      <SmallPlan play={play} user={user} />
    </a>
  );
}

/** The room as it looks from afar. The figures beside it say what matters. */
function SmallPlan({ play, user }: { readonly play: Play; readonly user: string }): VNode {
  const dots: VNode[] = [];
  for (let row = 1; row <= ROWS; row += 1) {
    for (let seat = 1; seat <= SEATS_IN_ROW; seat += 1) {
      const found = play.seats.get(seatLabel({ row, seat }));
      if (found === undefined) continue;
      const state = itemState(found.item, user);
      const position = { x: (seat - 1) * DOT, y: (row - 1) * DOT };
      dots.push(<rect key={found.item.id} {...position} width={DOT - 2} height={DOT - 2} rx={2} class={state} />);
    }
  }
  return (
    <svg class="small-plan" viewBox={`0 0 ${SEATS_IN_ROW * DOT - 2} ${ROWS * DOT - 2}`} aria-hidden="true">
      {dots}
    </svg>
  );
}
