/*
 * What stands around every page: the name, the way to the other pages, whether the gateway answers, the theme.
 */
import type { ComponentType, VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { connection } from '../live/connection.ts';
import { follow } from '../live/events.ts';
import { lazyPage } from './lazy-page.tsx';
import { OperatorQuestion } from './operator.tsx';
import { hrefOf, PAGES, type PageName } from './route.ts';
import { route } from './router.ts';
import './shell.css';
import { nextTheme, theme } from './theme.ts';
import { Toasts } from './toasts.tsx';

const TITLES: Readonly<Record<PageName, string>> = {
  cluster: 'Cluster',
  shop: 'Shop',
  library: 'Library',
  theatre: 'Theatre',
  stress: 'Stress',
};

const PAGE_OF: Readonly<Record<PageName, ComponentType>> = {
  cluster: lazyPage(async () => (await import('../cluster/cluster-page.tsx')).ClusterPage),
  shop: lazyPage(async () => (await import('../shop/shop-page.tsx')).ShopPage),
  library: lazyPage(async () => (await import('../library/library-page.tsx')).LibraryPage),
  theatre: lazyPage(async () => (await import('../theatre/theatre-page.tsx')).TheatrePage),
  stress: lazyPage(async () => (await import('../stress/stress-page.tsx')).StressPage),
};

/** The console. */
export function Shell(): VNode {
  const { page } = route.value;
  const Page = PAGE_OF[page];
  // The stream of events is the first to notice when the gateway goes away, whatever the page.
  useEffect(follow, []);
  return (
    <>
      <a class="skip-link" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <header class="shell-header">
        <div class="shell-bar">
          <a class="wordmark" href={hrefOf('cluster')}>
            Trolley
          </a>
          <nav aria-label="Pages">
            {PAGES.map((name) => (
              <a key={name} href={hrefOf(name)} aria-current={name === page ? 'page' : undefined}>
                {TITLES[name]}
              </a>
            ))}
          </nav>
          <div class="shell-tools">
            <ConnectionState />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Page key={page} />
      </main>
      <AwayBanner />
      <Toasts />
      <OperatorQuestion />
    </>
  );
}

/** The address is the route's, so the link cannot lead to an anchor. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

const CONNECTION_TEXT = { unknown: 'Connecting', live: 'Live', away: 'Gateway away' } as const;

function ConnectionState(): VNode {
  return (
    <span class={`connection ${connection.value}`} role="status">
      <span class="dot" aria-hidden="true" />
      {CONNECTION_TEXT[connection.value]}
    </span>
  );
}

function AwayBanner(): VNode | null {
  if (connection.value !== 'away') return null;
  return (
    <div class="away-banner" role="alert">
      <strong>The gateway does not answer.</strong> What you see is what it last said. This page asks again every second
      and goes on by itself.
    </div>
  );
}

const THEME_TEXT = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' } as const;

function ThemeSwitch(): VNode {
  return (
    <button class="theme-switch" type="button" onClick={() => (theme.value = nextTheme(theme.value))}>
      {THEME_TEXT[theme.value]}
    </button>
  );
}
