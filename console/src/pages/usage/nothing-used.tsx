import { Anchor } from '@mantine/core';
import { BarChart3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Link } from 'wouter';
import { NothingYet } from '../../parts/nothing-yet';

/** What to do where there is nothing to show. */
export function NothingUsed(): ReactNode {
  const t = useTranslations('usage');
  return (
    <NothingYet Icon={BarChart3} title={t('nothing')}>
      {t.rich('nothingAdvice', {
        try: (words) => (
          <Anchor component={Link} underline="always" href="/try">
            {words}
          </Anchor>
        ),
        keys: (words) => (
          <Anchor component={Link} underline="always" href="/keys">
            {words}
          </Anchor>
        ),
      })}
    </NothingYet>
  );
}
