/**
 * Events for one consumer, who takes them when there is room for them: in the same turn of the event loop in which they
 * come, without a promise between the two.
 *
 * ```ts
 * for (let event = source.take(); event !== null; event = source.take()) use(event);
 * if (!source.isOver) source.whenReady(goOn);
 * ```
 */
export interface EventSource<Event> {
  /**
   * The next event; null where there is none now.
   *
   * @throws what ends the source with an error, once
   */
  take(): Event | null;

  /** Nothing comes any more: there was an end, an error was thrown, or the consumer has left. */
  readonly isOver: boolean;

  /** Calls back once, as soon as {@link take} may have an event or an error, or the source is over. One at a time waits. */
  whenReady(onReady: () => void): void;

  /** The consumer wants no more. */
  leave(): void;
}
