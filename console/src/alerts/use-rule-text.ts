import { useTranslations } from 'use-intl';
import type { en } from '../language/en';

export type RuleName = keyof typeof en.alerts.rules;

/** The rules that people hear of, in the order of the page. */
export const rules: readonly RuleName[] = [
  ...(['REPEATED_KEY_REJECTED', 'NEW_NETWORK', 'NEW_MODEL', 'BURST'] as const),
  ...(['DECRYPTION_FAILED', 'RETIRED_KEY_SEEN'] as const),
];

export interface RuleText {
  readonly name: string;
  readonly meaning: string;
  readonly advice: string;
}

/** @returns what a rule is called, what it looks for and what to do; of one that this page does not know its name alone */
export function useRuleText(): (rule: string) => RuleText {
  const t = useTranslations('alerts');
  return (rule) => {
    const known = rules.find((each) => each === rule);
    if (!known) return { name: rule, meaning: '', advice: t('unknownAdvice') };
    return {
      name: t(`rules.${known}.name`),
      meaning: t(`rules.${known}.meaning`),
      advice: t(`rules.${known}.advice`),
    };
  };
}
