import { Alert, Text } from '@mantine/core';
import { ArrowRightLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../../parts/failure-notice';
import type { Part } from '../chat/answer';
import { PayerLine } from './payer-line';

interface SwitchViewProps {
  readonly part: Extract<Part, { kind: 'switch' }>;
  readonly nameOf: (provider: string) => string;
}

/** Which provider failed and why, and which one goes on. */
export function SwitchView({ part: { from, to, cause }, nameOf }: SwitchViewProps): ReactNode {
  const t = useTranslations('try');
  const { title, advice } = useErrorText(cause.code);
  return (
    <Alert
      color="yellow"
      icon={<ArrowRightLeft aria-hidden />}
      title={t('switched', { from: nameOf(from?.provider ?? ''), to: nameOf(to.provider) })}
      data-code={cause.code}
    >
      <Text size="sm">
        {title}: {advice}
      </Text>
      {cause.message !== '' && (
        <Text size="sm" c="dimmed">
          {cause.message}
        </Text>
      )}
      <PayerLine payer={to} nameOf={nameOf} />
    </Alert>
  );
}
