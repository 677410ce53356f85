import { dollarsOf, picosOf } from '../../common/dollars.js';

/** Which row of the trail it is: whose, and when it happened. */
export interface TrailPlace {
  readonly id: string;
  readonly userId: string;
  readonly at: Date;
}

/** What a row says. */
export interface TrailContent {
  readonly kind: string;
  /** Of every outcome: `OK`, `CANCELLED` or an error code. */
  readonly outcome: string;
  /** The id of a provider: one that a newer version stored a key of may be unknown here. */
  readonly provider?: string | null;
  readonly keyId?: string | null;
  readonly keySource?: string | null;
  readonly chatId?: string | null;
  readonly model?: string | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly cachedInputTokens?: number | null;
  readonly cacheWriteInputTokens?: number | null;
  /** In dollars, as exact decimal text without zeros at its end. */
  readonly cost?: string | null;
  readonly timeToFirstTokenMs?: number | null;
  readonly durationMs?: number | null;
  /** Of the access token that was used, created or revoked. */
  readonly accessTokenId?: string | null;
  readonly detail?: string | null;
}

/** A row of the trail, whole: it is known before the statement that writes it, for its MAC is made of it. */
export type TrailEvent = TrailPlace & TrailContent;

/** An amount of US dollars, to the picodollar. */
export const AMOUNT = 'numeric(28,12)';

/** The columns that a MAC covers, in its order, with their types in the database. A new one goes to the end. */
const columns = {
  id: 'uuid',
  user_id: 'text',
  kind: '"AuditKind"',
  at: 'timestamptz',
  provider: 'text',
  key_id: 'uuid',
  key_source: '"KeySource"',
  chat_id: 'uuid',
  model: 'text',
  outcome: 'text',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  time_to_first_token_ms: 'double precision',
  duration_ms: 'double precision',
  detail: 'text',
  cached_input_tokens: 'bigint',
  cache_write_input_tokens: 'bigint',
  cost: AMOUNT,
  access_token_id: 'uuid',
} as const;

const names = Object.keys(columns);

/** The columns of a row, for statements that write it, and what they are for one that reads it from JSON. */
export const eventColumns = [...names, 'mac', 'key_generation'].join(', ');
export const eventTypes = [
  ...Object.entries(columns).map(([name, type]) => `${name} ${type}`),
  'mac bytea',
  'key_generation smallint',
].join(', ');

/** A row's columns as text, in the same order; null for null. */
export type EventTexts = readonly (string | null)[];

/** A row of the trail with its MAC, to be written as it is. */
export interface SealedEvent {
  readonly id: string;
  /** In hexadecimal digits. */
  readonly mac: string;
  readonly texts: EventTexts;
  readonly keyGeneration: number;
}

/** The same of a row in the database: an expression for an array of texts, for the row `event`. */
export const textsOfRow = `ARRAY[${Object.keys(columns)
  .map((name) =>
    name === 'at'
      ? `to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
      : `event.${name}::text`,
  )
  .join(', ')}]`;

/** Half a character becomes the replacement character: the database holds none. */
const text = (value: string | null | undefined): string | null =>
  typeof value === 'string' ? value.toWellFormed() : null;

const number = (value: number | null | undefined): string | null =>
  typeof value === 'number' ? String(value) : null;

/** Those of our own words and ids are as they are. */
export const textsOf = (event: TrailContent, { id, userId, at }: TrailPlace): EventTexts => [
  id,
  userId.toWellFormed(),
  event.kind,
  at.toISOString(),
  event.provider ?? null,
  event.keyId ?? null,
  event.keySource ?? null,
  event.chatId ?? null,
  text(event.model),
  event.outcome,
  number(event.inputTokens),
  number(event.outputTokens),
  number(event.timeToFirstTokenMs),
  number(event.durationMs),
  text(event.detail),
  number(event.cachedInputTokens),
  number(event.cacheWriteInputTokens),
  event.cost ?? null,
  event.accessTokenId ?? null,
];

const placesOf = (type: string): number[] =>
  names.flatMap((name, place) => (columns[name as keyof typeof columns] === type ? [place] : []));

/** Numbers that are no whole ones: as JavaScript writes them, whatever wrote them. */
const FRACTIONS = placesOf('double precision');
/** As they were written: the database adds zeros at the end. */
const AMOUNTS = placesOf(AMOUNT);

/** The columns of a row of the database. @param json what {@link textsOfRow} is, as JSON */
export function readTexts(json: string): EventTexts {
  const texts = JSON.parse(json) as (string | null)[];
  for (const place of FRACTIONS) {
    const value = texts[place];
    if (typeof value === 'string') texts[place] = String(Number(value));
  }
  for (const place of AMOUNTS) {
    const picos = picosOf(texts[place] ?? '');
    if (picos !== null) texts[place] = dollarsOf(picos);
  }
  return texts;
}

/** The columns that were there when rows got MACs. One that came later is left out of a row's form where it is null. */
const FIRST_COLUMNS = 17;

/**
 * What a MAC is made over. Two rows that differ have different ones: JSON keeps texts apart, and null from any text. A row
 * from before a column has the same as ever.
 */
export function canonicalForm(texts: EventTexts): string {
  let length = texts.length;
  while (length > FIRST_COLUMNS && texts[length - 1] === null) length -= 1;
  return PREFIX + JSON.stringify(texts.slice(0, length));
}
const PREFIX = 'keystream/audit-event/v1';

/** A row, as JSON for {@link eventTypes}. */
export type JsonRow = Record<string, string | number | null | undefined>;

/** The columns of a row. @param row what else the statement needs */
export function rowOf({ texts, mac, keyGeneration }: SealedEvent, row: JsonRow = {}): JsonRow {
  for (let place = 0; place < names.length; place += 1) {
    const [name, value] = [names[place], texts[place]];
    if (name !== undefined && typeof value === 'string') row[name] = value;
  }
  row.mac = `\\x${mac}`;
  row.key_generation = keyGeneration;
  return row;
}
