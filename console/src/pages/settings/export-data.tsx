import { Button, Group, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useAnnounce } from '../../parts/announce';
import { BusyButton } from '../../parts/busy-button';
import { FailureNotice } from '../../parts/failure-notice';
import { handOnAround } from '../../parts/hand-on';
import { saveFile } from '../../parts/save-file';
import { freshToken } from '../../session/session';
import { fetchExport } from './fetch-export';
import { Section } from './section';

const FILE_NAME = 'keystream.jsonl';
const KILOBYTE = 1_000;

/** Gives the person all that is kept of them, as a file. */
export function ExportData(): ReactNode {
  const t = useTranslations('settings');
  const announce = useAnnounce();
  const running = useRef<AbortController | null>(null);
  const [kilobytes, setKilobytes] = useState<number | null>(null);
  const [isIncomplete, setIncomplete] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function download(): Promise<void> {
    const { signal } = (running.current = new AbortController());
    setKilobytes(0);
    setIncomplete(false);
    setFailure(null);
    try {
      const result = await fetchExport(await freshToken(), signal, ({ bytes }) =>
        setKilobytes(Math.round(bytes / KILOBYTE)),
      );
      setIncomplete(!result.isComplete);
      if (result.isComplete) {
        saveFile(FILE_NAME, [result.content], 'application/jsonl');
        announce(t('exported', { lines: result.lines }));
      }
    } catch (error) {
      if (signal.aborted) announce(t('exportStopped'));
      else setFailure(error);
    } finally {
      setKilobytes(null);
    }
  }

  const isRunning = kilobytes !== null;
  return (
    <Section id="export" title={t('export')} text={t('exportText')}>
      {isIncomplete && <Text role="alert">{t('exportIncomplete')}</Text>}
      {failure !== null && <FailureNotice error={failure} />}
      <Group>
        <BusyButton
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          isBusy={isRunning}
          onClick={() => void download()}
        >
          {t('exportStart')}
        </BusyButton>
        {isRunning && (
          <>
            <Button variant="subtle" ref={handOnAround} onClick={() => running.current?.abort()}>
              {t('exportStop')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('exporting', { kilobytes })}
            </Text>
          </>
        )}
      </Group>
    </Section>
  );
}
