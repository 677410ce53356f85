import { v7 as uuidv7 } from 'uuid';
import type { CaseFinding } from './rule-cases.js';
import { userOf } from './watched-event.js';
import { webhookBody } from './webhook/webhook-body.js';

/** A row ANOMALY of the trail, with what is told of it elsewhere. Every value is known before it is written. */
export interface AnomalyRow {
  readonly id: string;
  readonly user_id: string;
  readonly at: Date;
  readonly rule: string;
  readonly provider: string | null;
  readonly key_id: string | null;
  readonly key_source: string | null;
  readonly model: string | null;
  readonly outcome: 'OK';
  readonly explanation: string;
  /** The rule and its explanation; of what has no user, the network's hash, too. */
  readonly detail: string;
  /** The body of the webhook; null where there is none to send. */
  readonly webhook: string | null;
}

/** @param hasWebhook whether the operator wants to be told */
export function toAnomalyRow({ rule, event, explanation }: CaseFinding, hasWebhook: boolean): AnomalyRow {
  const { at, networkHash } = event;
  const id = uuidv7();
  const userId = rule.isOfUser ? userOf(event).toWellFormed() : '';
  const ofUser = rule.isOfUser && 'userId' in event ? event : null;
  const provider = ofUser?.provider ?? null;
  const keyId = ofUser?.keyId ?? null;
  const network = rule.isOfUser ? null : networkHash;
  const suffix = network === null ? '' : ` Network: ${network}.`;
  const content = { id, at, rule: rule.name, userId: userId === '' ? null : userId, provider, keyId };
  return {
    id,
    user_id: userId,
    at,
    rule: rule.name,
    provider,
    key_id: keyId,
    key_source: ofUser ? sourceOf(ofUser) : null,
    model: ofUser?.type === 'KEY_USED' ? ofUser.model : null,
    outcome: 'OK',
    explanation,
    detail: `${rule.name}: ${explanation}${suffix}`,
    webhook: hasWebhook ? webhookBody({ ...content, explanation, network }) : null,
  };
}

const sourceOf = (event: { readonly keyId: string | null; readonly keySource?: string }): string =>
  event.keySource ?? (event.keyId === null ? 'SERVER' : 'USER');
