/** Tells the owners of keys, on whichever server they listen, that there are alerts for them. It stands above this folder. */
export abstract class AlertNews {
  /** Takes no time, and never throws. */
  abstract tell(userId: string): void;
}
