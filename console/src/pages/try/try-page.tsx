import { useApolloClient } from '@apollo/client/react';
import { Anchor, Button, Text } from '@mantine/core';
import { SquarePen } from 'lucide-react';
import { type DragEvent, type ReactNode, useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { Link } from 'wouter';
import { PageHeader } from '../../parts/page-header';
import { conversationOf } from './chat/conversation';
import { inlineBytesOf, type Question, requestFor, type Turn } from './chat/question';
import { useHeld } from './chat/use-held';
import { Composer } from './composer/composer';
import { attachedOf, isSendable } from './composer/draft';
import { QUESTION_ID } from './composer/question-id';
import { ConversationView } from './conversation-view';
import { optionsFor } from './settings/choices';
import { SettingsPanel } from './settings/settings-panel';
import { useServices } from './settings/use-services';
import styles from './try.module.css';
import { useEscape } from './use-escape';

/** A chat that streams. */
export default function TryPage(): ReactNode {
  const t = useTranslations('try');
  const conversation = conversationOf(useApolloClient());
  const state = useHeld(conversation);
  const services = useServices(conversation.choices);
  const { draft } = conversation;
  const { turns, isAnswering, isStopping, asked, repeated, failure } = state;
  const inlineBytes = inlineBytesOf(turns);

  const stop = useCallback(() => void conversation.stop(), [conversation]);
  useEscape(isAnswering, stop);

  const request = (question: Question, before: readonly Turn[]) =>
    requestFor(
      before,
      question,
      services.choices.instructions,
      optionsFor(services.choices, services.service, services.model),
    );
  const ask = (question: Question): void =>
    conversation.ask(question, request(question, turns), () => draft.give(question));
  const send = (): void => {
    const written = draft.state();
    if (isSendable(written)) ask({ text: written.text, attached: attachedOf(written.files) });
  };
  const repeat = (turn: Turn): void => {
    const before = turns.filter(({ id }) => id !== turn.id);
    if (turn.question) conversation.askAgain(turn, request(turn.question, before));
  };
  const retry = (): void => {
    if (failure?.repeated) repeat(failure.repeated);
    else if (failure?.question) ask(failure.question);
    else conversation.resume();
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    void draft.add([...event.dataTransfer.files], inlineBytes);
  };
  const lacksKeys = services.services.length > 0 && services.services.every(({ hasKey }) => !hasKey);
  return (
    <div className={styles.page}>
      <PageHeader page="try">
        <Button
          variant="default"
          leftSection={<SquarePen size={16} aria-hidden />}
          disabled={turns.length === 0 && !isAnswering}
          onClick={() => {
            document.getElementById(QUESTION_ID)?.focus();
            conversation.clear();
          }}
        >
          {t('newChat')}
        </Button>
      </PageHeader>
      <div className={styles.columns}>
        <SettingsPanel held={conversation.choices} services={services} />
        <div className={styles.chat} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
          <ConversationView state={state} nameOf={services.nameOf} onRetry={retry} onRepeat={repeat} />
          {lacksKeys && (
            <Text size="sm">
              {t('noKeys')}{' '}
              <Anchor component={Link} href="/keys" size="sm" underline="always">
                {t('toKeys')}
              </Anchor>
            </Text>
          )}
          <div className={styles.composer}>
            <Composer
              draft={draft}
              inlineBytes={inlineBytes}
              isAnswering={isAnswering}
              isStopping={isStopping}
              isAsked={asked !== null && repeated === null}
              onSend={send}
              onStop={stop}
            />
          </div>
        </div>
      </div>
    </div>
  );
}
