import {
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock,
  CreditCard,
  Gauge,
  LockKeyhole,
  type LucideIcon,
  Power,
  RefreshCw,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useNow, useTranslations } from 'use-intl';
import type { ApiKeyStatus, KeyHealth } from '../../generated/keys';
import { A_MINUTE_MS } from '../../parts/moment';
import { StatusBadge, type Tone } from '../../parts/status-badge';
import type { Key } from './places';
import { useHealthWord } from './use-words';

const healths: Readonly<Record<KeyHealth, { readonly tone: Tone; readonly Icon: LucideIcon }>> = {
  VALID: { tone: 'good', Icon: CircleCheck },
  UNVERIFIED: { tone: 'quiet', Icon: CircleDashed },
  REJECTED: { tone: 'bad', Icon: CircleX },
  EXHAUSTED: { tone: 'warning', Icon: CreditCard },
  RATE_LIMITED: { tone: 'warning', Icon: Gauge },
  UNREADABLE: { tone: 'bad', Icon: LockKeyhole },
};
const unknown = { tone: 'quiet', Icon: CircleDashed } as const;

export function HealthBadge({ health }: { readonly health: KeyHealth }): ReactNode {
  const word = useHealthWord();
  // A newer server may know more of them.
  const look = Object.hasOwn(healths, health) ? healths[health] : unknown;
  return <StatusBadge {...look}>{word(health)}</StatusBadge>;
}

const statuses: Readonly<Record<ApiKeyStatus, { readonly tone: Tone; readonly Icon: LucideIcon }>> = {
  ACTIVE: { tone: 'good', Icon: CircleCheck },
  DISABLED: { tone: 'quiet', Icon: Power },
  REPLACED: { tone: 'quiet', Icon: RefreshCw },
  DELETED: { tone: 'quiet', Icon: CircleX },
};

export function KeyStatusBadge({ status }: { readonly status: ApiKeyStatus }): ReactNode {
  const t = useTranslations('keys');
  const look = Object.hasOwn(statuses, status) ? statuses[status] : unknown;
  return <StatusBadge {...look}>{t.has(`status.${status}`) ? t(`status.${status}`) : status}</StatusBadge>;
}

/** All that is to be known of a key at a glance: its health, whether it is off, whether its time is up. */
export function KeyBadges({ apiKey }: { readonly apiKey: Key }): ReactNode {
  const t = useTranslations('keys');
  const now = useNow({ updateInterval: A_MINUTE_MS });
  const { health, status, expiresAt, expiresSoon, shouldRotate } = apiKey;
  const hasExpired = expiresAt !== null && new Date(expiresAt) <= now;
  return (
    <>
      {status === 'DISABLED' && <KeyStatusBadge status={status} />}
      <HealthBadge health={health} />
      {hasExpired && (
        <StatusBadge tone="bad" Icon={Clock}>
          {t('expired')}
        </StatusBadge>
      )}
      {expiresSoon && !hasExpired && (
        <StatusBadge tone="warning" Icon={Clock}>
          {t('expiresSoon')}
        </StatusBadge>
      )}
      {shouldRotate && (
        <StatusBadge tone="warning" Icon={RefreshCw}>
          {t('shouldRotate')}
        </StatusBadge>
      )}
    </>
  );
}
