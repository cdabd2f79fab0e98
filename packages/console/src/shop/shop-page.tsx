/*
 * The page Shop.
 */
import type { VNode } from 'preact';
import { PageHeading } from '../design/page-heading.tsx';

/** The page. */
export function ShopPage(): VNode {
  return <PageHeading title="Shop" />;
}
