interface Numbered {
  readonly seq?: number;
  readonly fromSeq?: number;
}

/** The numbers that events stand for: one that is made of several has all of theirs. */
export const numbersOf = (events: readonly Numbered[]): number[] =>
  events.flatMap(({ seq = 0, fromSeq = seq }) =>
    Array.from({ length: seq + 1 - fromSeq }, (_, index) => fromSeq + index),
  );

/** The numbers from 1 to that of the last event: what {@link numbersOf} all events of a chat are. */
export const numbersTo = (last: Numbered | undefined): number[] =>
  Array.from({ length: last?.seq ?? 0 }, (_, index) => index + 1);
