import { createHmac, type KeyObject } from 'node:crypto';
import type { Webhook } from '../audit/anomalies/webhook/alert-sender.js';

/**
 * The headers that let the receiver check where a webhook comes from, and how old it is
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * @param sentAt of this attempt, in seconds since the epoch
 */
export function signatureHeaders(
  { id, body }: Webhook,
  secret: KeyObject,
  sentAt: number,
): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', secret).update(`${id}.${sentAt}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(sentAt), 'webhook-signature': `v1,${signature}` };
}
