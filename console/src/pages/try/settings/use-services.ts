import { skipToken, useQuery } from '@apollo/client/react';
import { ChatChoicesDocument, ChatModelsDocument, type ChatModelsQuery } from '../../../generated/try';
import type { Held } from '../chat/held';
import { useHeld } from '../chat/use-held';
import { type Choices, type Service, servicesOf } from './choices';

export type Model = ChatModelsQuery['models']['models'][number];

/** What can be asked, and what is chosen of it. */
export interface Services {
  readonly choices: Choices;
  readonly services: readonly Service[];
  /** Search engines, those with a key first. */
  readonly engines: readonly { readonly provider: string; readonly displayName: string }[];
  /** Null: it is not known which there are. */
  readonly service: Service | null;
  readonly model: string;
  readonly models: readonly Model[];
  readonly isLoading: boolean;
  readonly areModelsLoading: boolean;
  /** Whether the provider gave no list, and these are the models that the server knows of. */
  readonly areModelsGuessed: boolean;
  readonly error: unknown;
  readonly modelsError: unknown;
  readonly retry: () => void;
  readonly retryModels: () => void;
  /** A provider's name for people. */
  readonly nameOf: (provider: string) => string;
}

const none: readonly never[] = [];

export function useServices(held: Held<Choices>): Services {
  const choices = useHeld(held);
  const { data, loading, error, refetch } = useQuery(ChatChoicesDocument);
  const services = data ? servicesOf(data) : none;
  const service = services.find(({ id }) => id === choices.service) ?? services[0] ?? null;
  const models = useQuery(
    ChatModelsDocument,
    service?.hasKey
      ? {
          variables: { provider: service.provider, endpoint: service.endpoint },
          // To ask the provider is a use of the key.
          fetchPolicy: 'cache-first',
        }
      : skipToken,
  );
  const list = (service?.hasKey ? models.data?.models.models : undefined) ?? none;
  const engines = (data?.providers ?? none).filter(({ kind }) => kind === 'SEARCH');
  return {
    choices,
    services,
    service,
    engines: [...engines].sort((a, b) => Number(b.keySource !== null) - Number(a.keySource !== null)),
    model: choices.model ?? service?.defaultModel ?? list[0]?.id ?? '',
    models: list,
    isLoading: loading && !data,
    areModelsLoading: models.loading,
    areModelsGuessed: list.length > 0 && models.data?.models.source === 'CATALOGUE',
    error: data ? null : (error ?? null),
    modelsError: models.error ?? null,
    retry: () => void refetch().catch(() => undefined),
    retryModels: () => void models.refetch().catch(() => undefined),
    nameOf: (provider) => data?.providers.find((each) => each.provider === provider)?.displayName ?? provider,
  };
}
