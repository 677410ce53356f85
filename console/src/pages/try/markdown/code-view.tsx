import { ActionIcon, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useCopy } from '../../../parts/use-copy';
import styles from './markdown.module.css';
import type { Shown } from './shown';

interface CodeViewProps {
  readonly shown: Shown;
  readonly language: string;
}

/** Code, in pieces that are each laid out for themselves: a long one costs no more to add to than a short one. */
export function CodeView({ shown, language }: CodeViewProps): ReactNode {
  const t = useTranslations('try');
  return (
    <div className={styles.code}>
      <div className={styles.codeBar}>
        <span>{language}</span>
        <CopyCode shown={shown} />
      </div>
      <pre tabIndex={0} role="region" aria-label={language === '' ? t('code') : t('codeIn', { language })}>
        <code>
          {shown.groups.map((group, at) => (
            <LinesGroup key={at} group={group} />
          ))}
        </code>
      </pre>
    </div>
  );
}

const LinesGroup = memo(({ group }: { readonly group: readonly Shown[] }): ReactNode =>
  group.map(({ shell }, at) =>
    shell.type === 'lines' ? (
      <span key={at} className={shell.value.endsWith('\n') ? styles.lines : undefined}>
        {shell.value}
      </span>
    ) : null,
  ),
);
LinesGroup.displayName = 'LinesGroup';

function CopyCode({ shown }: { readonly shown: Shown }): ReactNode {
  const t = useTranslations('try');
  const { isCopied, copy } = useCopy();
  const code = (): string =>
    shown.groups
      .flat()
      .map(({ shell }) => (shell.type === 'lines' ? shell.value : ''))
      .join('');
  return (
    <Tooltip label={isCopied ? t('copied') : t('copyCode')}>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t('copyCode')}
        onClick={() => copy(code())}
      >
        {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
