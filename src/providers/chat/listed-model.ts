import type { KeyMask } from '../../common/key-mask.js';
import { dollarsOf } from '../../common/dollars.js';
import { MODEL_NAME } from '../../common/model-name.js';

/** What goes into a model beside its answer so far. */
export const modalities = ['TEXT', 'IMAGE', 'FILE', 'AUDIO'] as const;
export type Modality = (typeof modalities)[number];

/** What tokens cost: US dollars for a million, as decimal text. */
export interface ListedPrice {
  readonly inputPerMillion: string;
  readonly cachedInputPerMillion: string | null;
  readonly cacheWritePerMillion: string | null;
  readonly outputPerMillion: string;
}

/** What an API says of one of its models. Null: nothing. */
export interface ListedModel {
  /** As a chat names it. */
  readonly id: string;
  readonly displayName: string | null;
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  readonly input: readonly Modality[] | null;
  readonly tools: boolean | null;
  readonly reasoning: boolean | null;
  readonly price: ListedPrice | null;
}

/** The same as it stands in the API's answer, where anything may stand. Left out: it says nothing. */
export interface ModelEntry {
  readonly id: unknown;
  readonly displayName?: unknown;
  readonly contextTokens?: unknown;
  readonly outputTokens?: unknown;
  /** The API's names for what goes in; those that are none of ours are left out. */
  readonly input?: readonly unknown[];
  readonly tools?: unknown;
  readonly reasoning?: unknown;
  readonly price?: TokenPrices;
}

/** Whole picodollars for one token; null where none is known. */
export interface TokenPrices {
  readonly input: bigint | null;
  readonly cachedInput: bigint | null;
  readonly cacheWrite: bigint | null;
  readonly output: bigint | null;
}

const LONGEST_NAME = 200;
/** The largest number that GraphQL calls an Int. */
const MOST_TOKENS = 2 ** 31 - 1;
const MILLION = 1_000_000n;

const modalityNames: ReadonlyMap<unknown, Modality> = new Map<unknown, Modality>([
  ['text', 'TEXT'],
  ['image', 'IMAGE'],
  ['file', 'FILE'],
  ['pdf', 'FILE'],
  ['audio', 'AUDIO'],
]);

/**
 * Takes over what can be shown of an entry.
 *
 * @param mask of the key that the list was asked for with
 * @returns null for a model that no chat could name: its id is too long, has spaces or control characters, or the key in it
 */
export function toListedModel(entry: ModelEntry, mask: KeyMask): ListedModel | null {
  const { id } = entry;
  if (typeof id !== 'string' || !MODEL_NAME.test(id) || mask.text(id) !== id) return null;
  return {
    id,
    displayName: nameIn(entry.displayName, mask),
    contextTokens: tokensIn(entry.contextTokens),
    outputTokens: tokensIn(entry.outputTokens),
    input: entry.input ? modalitiesIn(entry.input) : null,
    tools: flagIn(entry.tools),
    reasoning: flagIn(entry.reasoning),
    price: entry.price ? perMillionTokens(entry.price) : null,
  };
}

/** Without control characters, and characters that turn the text around them: names are shown beside others. */
function nameIn(value: unknown, mask: KeyMask): string | null {
  if (typeof value !== 'string' || value.length > LONGEST_NAME) return null;
  const name = mask.text(value.replace(/\p{C}/gu, '').replace(/\s+/g, ' ').trim());
  return name === '' ? null : name;
}

const tokensIn = (value: unknown): number | null =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= MOST_TOKENS
    ? (value as number)
    : null;

const flagIn = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

function modalitiesIn(names: readonly unknown[]): readonly Modality[] | null {
  const found = new Set(names.slice(0, MOST_MODALITIES).map((name) => modalityNames.get(name)));
  const known = modalities.filter((modality) => found.has(modality));
  return known.length > 0 ? known : null;
}

/** No API names as many. */
const MOST_MODALITIES = 20;

/** Null where input or output has none. */
export function perMillionTokens({
  input,
  cachedInput,
  cacheWrite,
  output,
}: TokenPrices): ListedPrice | null {
  if (input === null || output === null) return null;
  return {
    inputPerMillion: perMillion(input),
    cachedInputPerMillion: cachedInput === null ? null : perMillion(cachedInput),
    cacheWritePerMillion: cacheWrite === null ? null : perMillion(cacheWrite),
    outputPerMillion: perMillion(output),
  };
}

const perMillion = (picos: bigint): string => dollarsOf(picos * MILLION);
