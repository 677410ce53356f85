/** The place that one stream takes. */
export interface Slot {
  /** Gives it back, at once and once only: what ends a stream may be called several times. */
  release(): void;
}
