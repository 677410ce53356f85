import type { StoreApiKeyInput } from '../../generated/keys';
import { fromLocalTime } from '../../parts/local-time';
import type { Place } from './places';

/** What is in the fields beside the key, which is in its element alone. */
export interface KeyForm {
  readonly name: string;
  readonly expiresAt: string;
  readonly verify: boolean;
  /** Of a new endpoint. */
  readonly endpointName: string;
  readonly baseUrl: string;
}

/** @param place null: a new endpoint */
export const keyFormOf = (place: Place | null): KeyForm => ({
  name: place?.key?.name ?? '',
  expiresAt: '',
  verify: true,
  endpointName: place?.endpoint?.name ?? '',
  baseUrl: place?.endpoint?.baseUrl ?? '',
});

/** The fields in which something is missing, from the top. */
export type Mistake = 'endpointName' | 'nameTaken' | 'baseUrl' | 'apiKey' | 'expiresAt';

interface Judged {
  readonly form: KeyForm;
  /** Null: a new endpoint. */
  readonly place: Place | null;
  readonly hasKey: boolean;
  /** Whether a moment is half entered: its text is empty then, which would mean never. */
  readonly hasHalfMoment: boolean;
  /** A key under one of these would take the place of another one. */
  readonly takenNames: readonly string[];
}

export function mistakesOf({ form, place, hasKey, hasHalfMoment, takenNames }: Judged): readonly Mistake[] {
  const isEndpoint = place?.endpoint !== null;
  const name = form.endpointName.trim();
  const mistakes: (Mistake | false)[] = [
    isEndpoint && name === '' && 'endpointName',
    place === null && takenNames.includes(name) && 'nameTaken',
    isEndpoint && form.baseUrl.trim() === '' && 'baseUrl',
    !hasKey && 'apiKey',
    hasHalfMoment && 'expiresAt',
  ];
  return mistakes.filter((mistake) => mistake !== false);
}

/** All of the request but the key. */
export function inputOf(form: KeyForm, place: Place | null): Omit<StoreApiKeyInput, 'apiKey'> {
  const { verify, endpointName, baseUrl } = form;
  const name = form.name.trim();
  const expiresAt = fromLocalTime(form.expiresAt);
  const isEndpoint = place?.endpoint !== null;
  return {
    provider: place?.provider.provider ?? 'CUSTOM',
    verify,
    ...(name !== '' && { name }),
    ...(expiresAt !== null && { expiresAt }),
    ...(isEndpoint && { endpoint: { name: endpointName.trim(), baseUrl: baseUrl.trim() } }),
  };
}
