import type { ComponentType } from 'react';

/** Loads each page, by its name in the address. In the order of the menu. */
export const pageLoaders = {
  keys: () => import('../pages/keys/keys-page'),
  try: () => import('../pages/try/try-page'),
  usage: () => import('../pages/usage/usage-page'),
  audit: () => import('../pages/audit/audit-page'),
  alerts: () => import('../pages/alerts/alerts-page'),
  settings: () => import('../pages/settings/settings-page'),
} satisfies Record<string, () => Promise<{ readonly default: ComponentType }>>;

export type PageName = keyof typeof pageLoaders;

export const isPageName = (name: string | undefined): name is PageName =>
  name !== undefined && Object.hasOwn(pageLoaders, name);
