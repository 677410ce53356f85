/** What a webhook tells. It holds no key, not even a masked one, and no address. */
export interface WebhookContent {
  /** Of the row ANOMALY in the trail. */
  readonly id: string;
  readonly at: Date;
  readonly rule: string;
  /** Null for what has no user. */
  readonly userId: string | null;
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly explanation: string;
  /** The keyed hash of the network, for what has no user. */
  readonly network: string | null;
}

/** The payload as Standard Webhooks recommends it: a type, a moment, and the rest. */
export const webhookBody = ({ at, ...data }: WebhookContent): string =>
  JSON.stringify({ type: 'key.anomaly', timestamp: at.toISOString(), data });
