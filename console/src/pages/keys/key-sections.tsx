import { Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { KeyCard } from './key-card';
import styles from './key-sections.module.css';
import { useKeysPage } from './keys-context';
import { type Place, type Places, placeNamed } from './places';
import { useGradually } from '../../parts/use-gradually';

/** The cards, by what their providers are for. */
export function KeySections({ places }: { readonly places: Places }): ReactNode {
  const t = useTranslations('keys');
  const { chat, search, endpoints, custom } = places;
  // A phone takes some 50 ms for a card.
  const total = chat.length + search.length + endpoints.length;
  const shown = useGradually(total);
  useLinkedPlace(places, shown >= total);
  const searchesShown = shown - chat.length;
  const endpointsShown = searchesShown - search.length;
  return (
    <>
      <KeySection id="chat-providers" title={t('chatProviders')} places={chat.slice(0, shown)} />
      {searchesShown > 0 && (
        <KeySection id="search-engines" title={t('searchEngines')} places={search.slice(0, searchesShown)} />
      )}
      {custom && endpointsShown >= 0 && <EndpointSection places={endpoints.slice(0, endpointsShown)} />}
    </>
  );
}

/** Goes to the card that the address names, when all are there: what comes before it takes its room until then. */
function useLinkedPlace(places: Places, isWhole: boolean): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!isWhole || isDone.current) return;
    isDone.current = true;
    const name = window.location.hash.slice(1);
    const place = name === '' ? undefined : placeNamed(name, places);
    const card = place && document.getElementById(place.id);
    card?.scrollIntoView();
    card?.focus({ preventScroll: true });
  }, [places, isWhole]);
}

interface KeySectionProps {
  readonly id: string;
  readonly title: string;
  readonly places: readonly Place[];
}

function KeySection({ id, title, places }: KeySectionProps): ReactNode {
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" id={id} mb="sm">
        {title}
      </Title>
      <Cards places={places} />
    </section>
  );
}

function EndpointSection({ places }: { readonly places: readonly Place[] }): ReactNode {
  const t = useTranslations('keys');
  const { open } = useKeysPage();
  return (
    <section aria-labelledby="endpoints">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div className={styles.intro}>
          <Title order={2} size="h4" id="endpoints">
            {t('endpoints')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('endpointsIntro')}
          </Text>
        </div>
        <Button
          id="add-endpoint"
          variant="default"
          leftSection={<Plus size={16} aria-hidden />}
          onClick={() => open({ kind: 'ADD_ENDPOINT' })}
        >
          {t('addEndpoint')}
        </Button>
      </Group>
      {places.length === 0 ? <Text c="dimmed">{t('noEndpoints')}</Text> : <Cards places={places} />}
    </section>
  );
}

const Cards = ({ places }: { readonly places: readonly Place[] }): ReactNode => (
  <div className={styles.cards}>
    {places.map((place) => (
      <KeyCard key={place.id} place={place} />
    ))}
  </div>
);

/** As large as what comes. */
export function LoadingSections(): ReactNode {
  const t = useTranslations('keys');
  return (
    <div className={styles.cards} role="status" aria-label={t('loading')}>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((place) => (
        <Skeleton key={place} height="15rem" radius="md" />
      ))}
    </div>
  );
}
