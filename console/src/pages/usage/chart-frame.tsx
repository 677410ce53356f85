import '@mantine/core/styles/ColorSwatch.css';
import '@mantine/charts/styles.css';
import { Stack, Text } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { RetryButton } from '../../parts/failure-notice';
import { late, type Retry } from '../../parts/late';
import type { BarPictureProps } from './bar-picture';
import { Picture } from './picture';
import styles from './usage.module.css';

interface ChartFrameProps extends BarPictureProps {
  /** In the place of a picture of nothing. */
  readonly nothing: string | null;
  readonly height: number;
}

/** How much of a chart's place has to be seen for it to be drawn: that takes as long as the rest of the page. */
const SEEN = 0.4;

/** The place of a chart, which is drawn when somebody comes to it. */
export function ChartFrame({ nothing, height, ...chart }: ChartFrameProps): ReactNode {
  const { ref, entry } = useIntersection({ threshold: SEEN });
  const [isSeen, setSeen] = useState(false);
  if (entry?.isIntersecting && !isSeen) setSeen(true);
  if (nothing !== null)
    return (
      <Text size="sm" c="dimmed">
        {nothing}
      </Text>
    );
  return (
    <div ref={ref} className={styles.chart} style={{ minHeight: height }}>
      {isSeen ? <LateBars h={height} {...chart} /> : <Picture name={chart.name} />}
    </div>
  );
}

const LateBars = late<BarPictureProps>(() => import('./bar-picture'), {
  Waiting: ({ name }) => <Picture name={name} />,
  Failed: NotDrawn,
});

function NotDrawn({ onRetry }: Retry): ReactNode {
  const t = useTranslations('parts');
  return (
    <Stack gap="xs" align="start" role="alert">
      <Text size="sm">{t('notLoaded')}</Text>
      <RetryButton onRetry={onRetry} />
    </Stack>
  );
}
