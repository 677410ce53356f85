import { Badge } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './status-badge.module.css';

export type Tone = 'good' | 'bad' | 'warning' | 'quiet';

interface StatusBadgeProps {
  readonly tone: Tone;
  readonly Icon: LucideIcon;
  readonly children: ReactNode;
}

/** A state in words; its colour and its icon only help to find it. */
export function StatusBadge({ tone, Icon, children }: StatusBadgeProps): ReactNode {
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      className={styles.badge}
      leftSection={<Icon size={13} aria-hidden className={styles[tone]} />}
    >
      {children}
    </Badge>
  );
}
