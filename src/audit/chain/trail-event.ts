/** A row of the trail, whole: what it says is known before the statement that writes it, for its MAC is made of that. */
export interface TrailEvent {
  readonly id: string;
  readonly userId: string;
  readonly kind: string;
  readonly at: Date;
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
  readonly timeToFirstTokenMs?: number | null;
  readonly durationMs?: number | null;
  readonly detail?: string | null;
}

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
} as const;

/** The columns of a row, for statements that write it, and what they are for one that reads it from JSON. */
export const eventColumns = [...Object.keys(columns), 'mac', 'key_generation'].join(', ');
export const eventTypes = [
  ...Object.entries(columns).map(([name, type]) => `${name} ${type}`),
  'mac bytea',
  'key_generation smallint',
].join(', ');

/** A row's columns as text, in the same order; null for null. */
export type EventTexts = readonly (string | null)[];

/** The same of a row in the database: an expression for an array of texts, for the row `event`. */
export const textsOfRow = `ARRAY[${Object.keys(columns)
  .map((name) =>
    name === 'at'
      ? `to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
      : `event.${name}::text`,
  )
  .join(', ')}]`;

/** Half a character becomes the replacement character: the database holds none. */
const text = (value: string | null | undefined): string | null => value?.toWellFormed() ?? null;

const number = (value: number | null | undefined): string | null =>
  typeof value === 'number' ? String(value) : null;

export const textsOf = (event: TrailEvent): EventTexts => [
  event.id,
  text(event.userId),
  event.kind,
  event.at.toISOString(),
  text(event.provider),
  text(event.keyId),
  text(event.keySource),
  text(event.chatId),
  text(event.model),
  text(event.outcome),
  number(event.inputTokens),
  number(event.outputTokens),
  number(event.timeToFirstTokenMs),
  number(event.durationMs),
  text(event.detail),
  number(event.cachedInputTokens),
  number(event.cacheWriteInputTokens),
];

/** Numbers that are no whole ones: as JavaScript writes them, whatever wrote them. */
const FRACTIONS = new Set(
  Object.entries(columns).flatMap(([, type], place) => (type === 'double precision' ? [place] : [])),
);

/**
 * What a MAC is made over. Two rows that differ have different ones: JSON keeps texts apart, and null from any text.
 */
export const canonicalForm = (texts: EventTexts): string =>
  JSON.stringify([
    'keystream/audit-event/v1',
    ...texts.map((value, place) => (value !== null && FRACTIONS.has(place) ? String(Number(value)) : value)),
  ]);

/** The row as JSON for {@link eventTypes}. @param mac in the form of the database: `\x` and hexadecimal digits */
export function rowOf(
  texts: EventTexts,
  mac: string,
  keyGeneration: number,
): Readonly<Record<string, string | number | null>> {
  const row: Record<string, string | number | null> = { mac, key_generation: keyGeneration };
  Object.keys(columns).forEach((name, place) => {
    row[name] = texts[place] ?? null;
  });
  return row;
}
