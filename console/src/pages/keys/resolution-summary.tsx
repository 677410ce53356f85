import { Button, Paper, Skeleton, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type ProviderKind, ResolutionDocument } from '../../generated/keys';
import { FailureNotice } from '../../parts/failure-notice';
import { remember } from '../../server/last-operation';
import { ResolutionAnswer } from './resolution-answer';
import { ResolutionRuns } from './resolution-runs';
import styles from './resolution-summary.module.css';
import { useResolution } from './use-resolution';

/** What requests that name no provider would use. */
export function ResolutionSummary(): ReactNode {
  const t = useTranslations('keys');
  return (
    <section aria-labelledby="resolution-now">
      <Title order={2} size="h4" id="resolution-now" mb="sm">
        {t('now')}
      </Title>
      <div className={styles.kinds}>
        <KindResolution kind="CHAT" title={t('nowChat')} />
        <KindResolution kind="SEARCH" title={t('nowSearch')} />
      </div>
    </section>
  );
}

interface KindResolutionProps {
  readonly kind: ProviderKind;
  readonly title: string;
}

function KindResolution({ kind, title }: KindResolutionProps): ReactNode {
  const t = useTranslations('keys');
  const { resolution, error, retry } = useResolution({ kind });
  const [hasReasons, setReasons] = useState(false);
  const toggle = (): void => {
    if (!hasReasons) remember(ResolutionDocument, { kind });
    setReasons(!hasReasons);
  };
  return (
    <Paper withBorder radius="md" className={styles.kind}>
      <Title order={3} size="sm" fw={500} c="dimmed">
        {title}
      </Title>
      {error !== null && <FailureNotice error={error} onRetry={retry} />}
      {resolution === null ? (
        error === null && <Skeleton height="6rem" />
      ) : (
        <>
          <ResolutionAnswer resolution={resolution} />
          <ResolutionRuns
            candidates={resolution.candidates}
            label={`${title}: ${t('order')}`}
            variant={hasReasons ? 'rows' : 'chips'}
          />
          <Button
            variant="default"
            size="xs"
            className={styles.toggle}
            aria-expanded={hasReasons}
            onClick={toggle}
          >
            {t(hasReasons ? 'hideReasons' : 'showReasons')}
          </Button>
        </>
      )}
    </Paper>
  );
}
