import type { PageName } from './page-loaders';

/** What a page says of itself before its language is loaded. */
export interface FirstTexts {
  /** Of the menu. */
  readonly pages: string;
  readonly names: Readonly<Record<PageName, string>>;
  readonly about: Readonly<Record<PageName, string>>;
  /** Where no more than this could be loaded, and what to do then. */
  readonly broke: string;
  readonly reload: string;
}
