/*
 * The heading of a page. It takes the focus when one comes from another page, so that screen readers say where one is.
 */
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './page-heading.css';

interface PageHeadingProps {
  readonly title: string;
  /** What the page is for, in a sentence. */
  readonly children?: ComponentChildren;
}

let isFirst = true;

/** The heading of a page. */
export function PageHeading({ title, children }: PageHeadingProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Trolley`;
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, [title]);
  return (
    <div class="page-heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children && <p class="muted">{children}</p>}
    </div>
  );
}
