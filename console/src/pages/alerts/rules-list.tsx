import { useApolloClient, useQuery } from '@apollo/client/react';
import { Paper, Switch, Text, Title } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type RuleName, rules, useRuleText } from '../../alerts/use-rule-text';
import { MutedRulesDocument, MuteRulesDocument } from '../../generated/alerts';
import { FailureNotice } from '../../parts/failure-notice';
import { unremembered } from '../../server/last-operation';
import styles from './alerts.module.css';

/** The rules in words, and whether their alerts are wanted. */
export function RulesList(): ReactNode {
  const t = useTranslations('alerts');
  const ruleText = useRuleText();
  const { data, error, refetch } = useQuery(MutedRulesDocument, { context: unremembered });
  const { mute, changing, said, failure } = useMute();
  const muted = data?.viewer.mutedRules;
  return (
    <section aria-labelledby="rules" className={styles.rules}>
      <Title order={2} size="h3" id="rules">
        {t('rulesTitle')}
      </Title>
      <Text c="dimmed">{t('rulesAbout')}</Text>
      <Text size="sm" c="dimmed" role="status" className={styles.said}>
        {said}
      </Text>
      {failure !== null && <FailureNotice error={failure} />}
      {error && !data && (
        <FailureNotice error={error} onRetry={() => void refetch().catch(() => undefined)} />
      )}
      <Paper withBorder radius="md" component="ul" className={styles.ruleList}>
        {rules.map((rule) => {
          const { name, meaning } = ruleText(rule);
          return (
            <li key={rule} className={styles.rule}>
              <Switch
                label={name}
                description={meaning}
                checked={muted !== undefined && !muted.includes(rule)}
                disabled={muted === undefined}
                // One that is disabled would lose the focus.
                aria-disabled={changing.has(rule)}
                onChange={(event) => mute(rule, !event.currentTarget.checked)}
                data-rule={rule}
              />
            </li>
          );
        })}
      </Paper>
    </section>
  );
}

function useMute() {
  const t = useTranslations('alerts');
  const ruleText = useRuleText();
  const client = useApolloClient();
  const [changing, setChanging] = useState<ReadonlySet<RuleName>>(new Set());
  const [outcome, setOutcome] = useState({ said: '', failure: null as unknown });
  /** Resolves when the changes before are made: each sets all rules, from what the one before it has left. */
  const before = useRef(Promise.resolve());
  const change = async (rule: RuleName, isMuted: boolean): Promise<void> => {
    setOutcome({ said: '', failure: null });
    try {
      // All of them are set at once: those that this page does not know stay, and what was changed elsewhere.
      const { data } = await client.query({ query: MutedRulesDocument, context: unremembered });
      const others = (data?.viewer.mutedRules ?? []).filter((other) => other !== rule);
      const mutedRules = isMuted ? [...others, rule] : others;
      await client.mutate({ mutation: MuteRulesDocument, variables: { mutedRules } });
      setOutcome({ said: t(isMuted ? 'muted' : 'unmuted', { name: ruleText(rule).name }), failure: null });
    } catch (failure) {
      setOutcome({ said: '', failure });
    }
    setChanging((rules) => new Set([...rules].filter((other) => other !== rule)));
  };
  const mute = (rule: RuleName, isMuted: boolean): void => {
    if (changing.has(rule)) return;
    setChanging((rules) => new Set([...rules, rule]));
    before.current = before.current.then(() => change(rule, isMuted));
  };
  return { ...outcome, changing, mute };
}
