import { Loader } from '@mantine/core';
import { Globe, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../../parts/failure-notice';
import type { Part, Search } from '../chat/answer';
import styles from './answer.module.css';

interface SearchesViewProps {
  readonly part: Extract<Part, { kind: 'searches' }>;
  readonly nameOf: (provider: string) => string;
}

/** Searches beside each other: their words first, and then, as they come, their hits. */
export function SearchesView({ part: { searches, found }, nameOf }: SearchesViewProps): ReactNode {
  const withHits = found.filter(({ results }) => results !== null && results.length > 0);
  return (
    <section className={styles.searches} data-searches>
      <ul className={styles.queries}>
        {searches.map((search, at) => (
          <QueryView key={at} search={search} nameOf={nameOf} />
        ))}
      </ul>
      {withHits.map((search, at) => (
        <Hits key={at} search={search} isOneOfMany={searches.length > 1} />
      ))}
    </section>
  );
}

interface QueryViewProps {
  readonly search: Search;
  readonly nameOf: (provider: string) => string;
}

function QueryView({
  search: { engine, query, results, failure, isOver },
  nameOf,
}: QueryViewProps): ReactNode {
  const t = useTranslations('try');
  const { title, advice } = useErrorText(failure?.code ?? '');
  const Icon = failure ? TriangleAlert : Globe;
  const name = results !== null ? 'searchedFor' : isOver ? 'searchStopped' : 'searchingFor';
  return (
    <li className={styles.query}>
      {isOver ? <Icon size={14} aria-hidden /> : <Loader size={14} aria-hidden />}
      <span>
        {t(name, { query })}
        <small>
          {[nameOf(engine), failure ? `${title}: ${advice}` : results && t('hits', { count: results.length })]
            .filter((part) => part !== null)
            .join(' · ')}
        </small>
      </span>
    </li>
  );
}

function Hits({
  search: { query, results },
  isOneOfMany,
}: {
  search: Search;
  isOneOfMany: boolean;
}): ReactNode {
  const t = useTranslations('try');
  return (
    <div className={styles.found}>
      {isOneOfMany && <small aria-hidden>{t('hitsFor', { query })}</small>}
      <ol className={styles.hits} aria-label={t('hitsFor', { query })}>
        {results?.map(({ title, url, snippet }, at) => (
          <li key={at}>
            {isWeb(url) ? (
              <a href={url} target="_blank" rel="noopener noreferrer nofollow">
                {title === '' ? url : title}
              </a>
            ) : (
              <span>{title}</span>
            )}
            <small>{hostOf(url)}</small>
            <p>{snippet}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
const hostOf = (url: string): string => (isWeb(url) ? new URL(url).host : '');
