import { Button, NativeSelect, Switch, Textarea, Title } from '@mantine/core';
import { ChevronDown, SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ReasoningEffort } from '../../../generated/try';
import { FailureNotice } from '../../../parts/failure-notice';
import type { Held } from '../chat/held';
import type { Choices } from './choices';
import { MoreChoices } from './more-choices';
import { ModelChoice } from './model-choice';
import { SearchChoice } from './search-choice';
import { ServiceChoice } from './service-choice';
import styles from './settings.module.css';
import type { Services } from './use-services';

export interface SettingsProps {
  readonly held: Held<Choices>;
  readonly services: Services;
}

/** How the next question is asked. In a narrow window it is behind a button. */
export function SettingsPanel({ held, services }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { service, model, error, retry } = services;
  const isOwn = (service?.endpoint ?? null) !== null;
  return (
    <section className={styles.panel} aria-labelledby={`${id}-title`}>
      <Button
        variant="default"
        fullWidth
        justify="space-between"
        className={styles.opener ?? ''}
        leftSection={<SlidersHorizontal size={16} aria-hidden />}
        rightSection={<ChevronDown size={16} aria-hidden data-turned={isOpen} className={styles.arrow} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {[service?.label ?? t('settings'), model].filter((part) => part !== '').join(' · ')}
      </Button>
      <div id={id} className={styles.fields} data-open={isOpen}>
        <Title order={2} size="h5" id={`${id}-title`}>
          {t('settings')}
        </Title>
        {error !== null && <FailureNotice error={error} onRetry={retry} />}
        <ServiceChoice held={held} services={services} />
        <ModelChoice held={held} services={services} />
        <Instructions held={held} services={services} />
        <EffortChoice held={held} services={services} />
        <SearchChoice held={held} services={services} />
        <Switch
          label={t('failover')}
          description={t('failoverHint')}
          checked={services.choices.failover && !isOwn}
          disabled={isOwn}
          onChange={(event) => held.change({ failover: event.currentTarget.checked })}
        />
        <MoreChoices held={held} services={services} />
      </div>
    </section>
  );
}

function Instructions({ held, services: { choices } }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  return (
    <Textarea
      label={t('instructions')}
      placeholder={t('instructionsHint')}
      rows={2}
      value={choices.instructions}
      onChange={(event) => held.change({ instructions: event.currentTarget.value })}
    />
  );
}

function EffortChoice({ held, services: { choices } }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  return (
    <NativeSelect
      label={t('effort')}
      value={choices.effort ?? ''}
      onChange={({ currentTarget: { value } }) =>
        held.change({ effort: value === '' ? null : (value as ReasoningEffort) })
      }
      data={[
        { value: '', label: t('effortNone') },
        { value: 'LOW', label: t('effortLow') },
        { value: 'MEDIUM', label: t('effortMedium') },
        { value: 'HIGH', label: t('effortHigh') },
      ]}
    />
  );
}
