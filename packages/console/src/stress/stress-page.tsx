/*
 * The page Stress.
 */
import type { VNode } from 'preact';
import { PageHeading } from '../design/page-heading.tsx';

/** The page. */
export function StressPage(): VNode {
  return <PageHeading title="Stress" />;
}
