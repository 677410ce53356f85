import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useKeysPage } from './keys-context';
import { providerOf } from './places';
import { ResolutionSteps } from './resolution-steps';
import styles from './resolution-steps.module.css';
import { runsOf } from './runs';
import type { Candidate } from './use-resolution';

interface ResolutionRunsProps {
  readonly candidates: readonly Candidate[];
  /** What the whole order is called. */
  readonly label: string;
  readonly variant: 'rows' | 'chips';
}

/** Many candidates in their order: whose they are is said once for all that follow each other. */
export function ResolutionRuns({ candidates, label, variant }: ResolutionRunsProps): ReactNode {
  const t = useTranslations('keys');
  const { places } = useKeysPage();
  return (
    <ol className={styles.runs} aria-label={label} role="list">
      {runsOf(candidates).map(({ source, members }, index) => {
        const isUser = source === 'USER';
        const title =
          index === 0
            ? t(isUser ? 'yourKeys' : 'serverKeysFirst')
            : t(isUser ? 'yourKeysThen' : 'serverKeys');
        return (
          <li key={`${source} ${members[0]?.provider ?? ''}`}>
            <Text size="xs" c="dimmed" mb={6}>
              {title}
            </Text>
            <ResolutionSteps
              candidates={members}
              label={title}
              nameOf={({ provider }) => {
                const name = providerOf(provider, places)?.displayName ?? provider;
                return { step: name, provider: name };
              }}
              variant={variant}
            />
          </li>
        );
      })}
    </ol>
  );
}
