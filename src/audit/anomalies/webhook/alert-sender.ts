/** A webhook that is sent. */
export interface Webhook {
  /** The same at each attempt. */
  readonly id: string;
  readonly body: string;
}

/** What came of an attempt: a word for the log, of our own. */
export type SendResult =
  { readonly hasArrived: true } | { readonly hasArrived: false; readonly reason: string };

/**
 * Sends webhooks to the operator. What does it can reach the internet and not the database: it stands outside this folder,
 * and gets one body at a time.
 */
export abstract class AlertSender {
  /** Whether the operator wants webhooks. */
  abstract readonly isOn: boolean;
  /** One attempt. Never throws. */
  abstract send(webhook: Webhook): Promise<SendResult>;
}
