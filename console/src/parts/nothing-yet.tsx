import { Paper, Text, Title } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './nothing-yet.module.css';

interface NothingYetProps {
  readonly Icon: LucideIcon;
  readonly title: string;
  /** What to do about it, or that nothing is to be done. */
  readonly children: ReactNode;
}

/** What a page shows that has nothing else to show. */
export function NothingYet({ Icon, title, children }: NothingYetProps): ReactNode {
  return (
    <Paper withBorder radius="md" className={styles.nothing}>
      <Icon size={32} aria-hidden />
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed">{children}</Text>
    </Paper>
  );
}
