/*
 * The page Library.
 */
import type { VNode } from 'preact';
import { PageHeading } from '../design/page-heading.tsx';

/** The page. */
export function LibraryPage(): VNode {
  return <PageHeading title="Library" />;
}
