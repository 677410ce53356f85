import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { PageName } from '../app/page-loaders';
import styles from '../app/page-header.module.css';

interface PageHeaderProps {
  readonly page: PageName;
  /** What concerns the whole page, beside its title. */
  readonly children?: ReactNode;
}

/** The head of a page; app/first-frame.ts shows it before the scripts are there. */
export function PageHeader({ page, children }: PageHeaderProps): ReactNode {
  const title = useTranslations('shell');
  const about = useTranslations('about');
  return (
    <div className={styles.header}>
      <div className={styles.words}>
        <h1 className={styles.title}>{title(page)}</h1>
        <p className={styles.about}>{about(page)}</p>
      </div>
      {children && <div className={styles.tools}>{children}</div>}
    </div>
  );
}
