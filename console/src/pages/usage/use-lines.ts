import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { KeySource, UsageBucketSize, UsageQuery } from '../../generated/usage';
import { useNames } from '../../parts/use-names';
import type { Line } from './figures';

export type Usage = UsageQuery['usage'];

const SERVER_OR_USER = { USER: 'yours', SERVER: 'servers' } as const;

/** The lines of a report, in words. */
export function useLines(
  usage: Usage,
  bucket: UsageBucketSize,
): Readonly<Record<'time' | 'provider' | 'model' | 'key', readonly Line[]>> {
  const t = useTranslations('usage');
  const format = useFormatter();
  const names = useNames();
  const time = useMemo(() => {
    const isLong = bucket === 'DAY' && usage.buckets.length > 300;
    return usage.buckets.map(({ start, totals }) => {
      const name = format.dateTime(new Date(start), {
        ...{ day: 'numeric', month: 'short', timeZone: 'UTC' },
        ...(isLong && { year: 'numeric' }),
        ...(bucket === 'HOUR' && { hour: '2-digit', minute: '2-digit' }),
      });
      return { id: start, names: [name], label: name, codes: [start], order: [start], totals };
    });
  }, [usage.buckets, bucket, format]);
  const rest = useMemo(() => {
    const paid = (source: KeySource): string => t(SERVER_OR_USER[source]);
    const labelled = (name: string, source: KeySource): string =>
      source === 'SERVER' ? t('ofServer', { name }) : name;
    return {
      provider: usage.byProvider.map(({ provider, keySource, totals }) => ({
        id: `${provider} ${keySource}`,
        names: [names.provider(provider), paid(keySource)],
        codes: [provider, keySource],
        label: labelled(names.provider(provider), keySource),
        totals,
      })),
      model: usage.byModel.map(({ model, provider, keySource, totals }) => ({
        id: `${provider} ${keySource} ${model ?? ''}`,
        names: [model ?? t('noModel'), names.provider(provider), paid(keySource)],
        codes: [model, provider, keySource],
        label: labelled(model ?? t('noModel'), keySource),
        totals,
      })),
      key: usage.byKey.map(({ keyId, provider, keySource, totals }) => ({
        id: `${provider} ${keySource} ${keyId ?? ''}`,
        names: [
          keyId === null ? t(keySource === 'SERVER' ? 'serverKey' : 'otherKeys') : names.key(keyId),
          ...[names.provider(provider), paid(keySource)],
        ],
        codes: [keyId, provider, keySource],
        label: keyId === null ? labelled(names.provider(provider), keySource) : names.key(keyId),
        totals,
      })),
    };
  }, [usage, names, t]);
  return { time, ...rest };
}
