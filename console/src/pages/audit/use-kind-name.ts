import { useTranslations } from 'use-intl';
import type { en } from '../../language/en';

/** @returns what an event is about, in words; one that this page does not know by its name in the API */
export function useKindName(): (kind: string) => string {
  const t = useTranslations('audit');
  return (kind) => {
    const name = `kindNames.${kind as keyof typeof en.audit.kindNames}` as const;
    return t.has(name) ? t(name) : kind;
  };
}
