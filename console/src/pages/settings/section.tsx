import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './settings-page.module.css';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly isDangerous?: boolean;
  readonly children: ReactNode;
}

/** A part of the settings, with its heading. */
export function Section({ id, title, text, isDangerous = false, children }: SectionProps): ReactNode {
  return (
    <Paper
      component="section"
      withBorder
      radius="md"
      aria-labelledby={id}
      className={`${styles.section ?? ''} ${isDangerous ? (styles.dangerous ?? '') : ''}`}
    >
      <Stack>
        <div>
          <Title order={2} size="h4" id={id}>
            {title}
          </Title>
          {text !== undefined && (
            <Text size="sm" c="dimmed">
              {text}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Paper>
  );
}
