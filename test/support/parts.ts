import type { PartConsumer } from '../../src/providers/chat/contract.js';

interface Outcome {
  readonly failure?: { readonly error: unknown };
}

/** What a usage has of counts that the provider leaves out. */
export const unreported = {
  reasoningTokens: null,
  cachedInputTokens: null,
  cacheWriteInputTokens: null,
} as const;

/** The parts that work hands on, one by one; it waits for its reader. */
export async function* partsOf<Part>(
  work: (onParts: PartConsumer<Part>) => Promise<void>,
): AsyncGenerator<Part, void> {
  const waiting: Part[] = [];
  let wake = (): void => undefined;
  let giveRoom = (): void => undefined;
  let outcome = null as Outcome | null;
  const end = (ended: Outcome): void => {
    outcome = ended;
    wake();
  };
  work((parts) => {
    waiting.push(...parts);
    wake();
    return new Promise((resolve) => (giveRoom = resolve));
  }).then(
    () => end({}),
    (error: unknown) => end({ failure: { error } }),
  );
  for (;;) {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) yield part;
    giveRoom();
    if (waiting.length === 0 && outcome === null) await new Promise<void>((resolve) => (wake = resolve));
    if (waiting.length > 0 || outcome === null) continue;
    if (outcome.failure) throw outcome.failure.error;
    return;
  }
}

/** Hands on what an iterable gives, one by one. */
export async function handOn<Part>(parts: AsyncIterable<Part>, onParts: PartConsumer<Part>): Promise<void> {
  for await (const part of parts) await onParts([part]);
}
