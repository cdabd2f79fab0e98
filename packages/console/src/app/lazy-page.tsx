/*
 * Pages whose code is fetched when they are first shown.
 */
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Notice } from '../design/notice.tsx';
import { Button } from '../design/button.tsx';
import { Skeleton } from '../design/skeleton.tsx';

type Fetched = { readonly Page: ComponentType } | { readonly error: unknown } | undefined;

/** A page that fetches its code; it is fetched once. */
export function lazyPage(fetchPage: () => Promise<ComponentType>): ComponentType {
  let known: ComponentType | undefined;
  return function LazyPage(): VNode {
    const [fetched, setFetched] = useState<Fetched>(known && { Page: known });
    useEffect(() => {
      if (known !== undefined) return;
      void fetchOnce();
    }, []);
    async function fetchOnce(): Promise<void> {
      try {
        known = await fetchPage();
        setFetched({ Page: known });
      } catch (error) {
        setFetched({ error });
      }
    }
    if (fetched === undefined) return <Skeleton lines={8} label="Loading the page" />;
    if ('Page' in fetched) return <fetched.Page />;
    return (
      <Notice tone="bad" title="This page could not be loaded">
        The gateway may be away, or serve a newer version by now.{' '}
        <Button onClick={() => location.reload()}>Reload</Button>
      </Notice>
    );
  };
}
