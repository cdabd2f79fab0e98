/*
 * The page Theatre.
 */
import type { VNode } from 'preact';
import { PageHeading } from '../design/page-heading.tsx';

/** The page. */
export function TheatrePage(): VNode {
  return <PageHeading title="Theatre" />;
}
