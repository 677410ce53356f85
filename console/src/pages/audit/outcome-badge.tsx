import { CircleCheck, CircleSlash, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { StatusBadge } from '../../parts/status-badge';

/** How it ended: a code of the API where it failed. */
export function OutcomeBadge({ outcome }: { readonly outcome: string }): ReactNode {
  const t = useTranslations('audit');
  return (
    <span data-outcome={outcome}>
      {outcome === 'OK' ? (
        <StatusBadge tone="good" Icon={CircleCheck}>
          {t('ok')}
        </StatusBadge>
      ) : outcome === 'CANCELLED' ? (
        <StatusBadge tone="quiet" Icon={CircleSlash}>
          {t('cancelled')}
        </StatusBadge>
      ) : (
        <StatusBadge tone="bad" Icon={CircleX}>
          {outcome}
        </StatusBadge>
      )}
    </span>
  );
}
