/*
 * The way to the pages before and after.
 */
import type { VNode } from 'preact';
import { hrefOf } from '../app/route.ts';
import { route } from '../app/router.ts';
import '../design/button.css';
import { pageText } from './page-number.ts';
import './pager.css';

interface PagerProps {
  /** What there are pages of. */
  readonly label: string;
  readonly number: number;
  readonly hasNext: boolean;
}

/** Links, so that a page can be opened beside this one. */
export function Pager({ label, number, hasNext }: PagerProps): VNode {
  return (
    <nav class="pager" aria-label={`Pages of ${label}`}>
      <PageLink number={number - 1} isThere={number > 1} text="Previous" />
      <span class="muted figures">Page {number}</span>
      <PageLink number={number + 1} isThere={hasNext} text="Next" />
    </nav>
  );
}

function PageLink({ number, isThere, text }: { number: number; isThere: boolean; text: string }): VNode {
  const { page, query } = route.value;
  if (!isThere) {
    return (
      <span class="button small" aria-disabled="true">
        {text}
      </span>
    );
  }
  return (
    <a class="button small" href={hrefOf(page, { ...query, page: pageText(number) })}>
      {text}
    </a>
  );
}
