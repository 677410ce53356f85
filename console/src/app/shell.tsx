import { Anchor, Text } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Link, Redirect, Route, Switch, useRoute } from 'wouter';
import { AlertsProvider } from '../alerts/alerts-provider';
import { SessionNotice } from '../session/session-notice';
import icon from '../icon.svg';
import { AccountMenu } from './account-menu';
import { AlertsLabel } from './alerts-label';
import { PageBoundary } from './page-boundary';
import header from './page-header.module.css';
import type { PageName } from './page-loaders';
import { pages } from './pages';
import { RequestDrawer } from './request-drawer';
import styles from './shell.module.css';
import { leadingOn, usePageFocus } from './use-page-focus';
import { useTitle } from './use-title';

/** The frame of every page: the menu, whose account it is, and what the page asked last. */
export function Shell(): ReactNode {
  return (
    <AlertsProvider>
      <Frame />
    </AlertsProvider>
  );
}

function Frame(): ReactNode {
  const t = useTranslations('shell');
  const page = useRef<HTMLElement>(null);
  usePageFocus(page);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page">
        {t('skip')}
      </a>
      <header className={styles.header}>
        <span className={styles.title}>
          <img src={icon} alt="" width={24} height={24} />
          <span className={styles.brand}>{t('title')}</span>
        </span>
        <div className={styles.tools}>
          <RequestDrawer />
          <AccountMenu />
        </div>
      </header>
      <SessionNotice />
      <nav className={styles.menu} aria-label={t('pages')}>
        {pages.map(({ name, Icon }) => (
          <MenuLink key={name} {...{ name, Icon }} />
        ))}
      </nav>
      <main ref={page} id="page" className={styles.page} tabIndex={-1}>
        <Switch>
          {pages.map(({ name, Page }) => (
            <Route key={name} path={`/${name}`}>
              <Titled title={t(name)} />
              <PageBoundary>
                <Page />
              </PageBoundary>
            </Route>
          ))}
          {leadingOn.map((path) => (
            <Route key={path} path={path}>
              <Redirect to="/keys" replace />
            </Route>
          ))}
          <Route>
            <Titled title={t('notFoundTitle')} />
            <h1 className={header.title}>{t('notFoundTitle')}</h1>
            <Text>{t('notFound')}</Text>
            <Anchor component={Link} href="/keys">
              {t('toKeys')}
            </Anchor>
          </Route>
        </Switch>
      </main>
    </div>
  );
}

function Titled({ title }: { readonly title: string }): ReactNode {
  useTitle(title);
  return null;
}

interface MenuLinkProps {
  readonly name: PageName;
  readonly Icon: LucideIcon;
}

function MenuLink({ name, Icon }: MenuLinkProps): ReactNode {
  const t = useTranslations('shell');
  const [isShown] = useRoute(`/${name}`);
  return (
    <Link
      href={`/${name}`}
      className={`${styles.link} ${isShown ? styles.active : ''}`}
      aria-current={isShown ? 'page' : undefined}
    >
      <Icon size={18} aria-hidden />
      {name === 'alerts' ? <AlertsLabel /> : <span>{t(name)}</span>}
    </Link>
  );
}
