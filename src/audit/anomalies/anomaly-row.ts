import { v7 as uuidv7 } from 'uuid';
import type { AuditTrail } from '../chain/audit-trail.js';
import type { SealedEvent } from '../chain/trail-event.js';
import type { CaseFinding } from './rule-cases.js';
import { NO_USER, userOf } from './watched-event.js';
import { webhookBody } from './webhook/webhook-body.js';

/** A row ANOMALY of the trail, with what is told of it elsewhere. Every value is known before it is written. */
export interface AnomalyRow {
  readonly event: SealedEvent;
  readonly rule: string;
  readonly userId: string;
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly explanation: string;
  /** The body of the webhook; null where there is none to send. */
  readonly webhook: string | null;
}

/** @param hasWebhook whether the operator wants to be told */
export function toAnomalyRow(
  { rule, event, explanation }: CaseFinding,
  trail: AuditTrail,
  hasWebhook: boolean,
): AnomalyRow {
  const { at } = event;
  const id = uuidv7();
  const ofUser = rule.isOfUser && 'userId' in event ? event : null;
  const userId = ofUser ? userOf(ofUser).toWellFormed() : NO_USER;
  const provider = ofUser?.provider ?? null;
  const keyId = ofUser?.keyId ?? null;
  const network = ofUser ? null : event.networkHash;
  const sealed = trail.seal({
    ...{ id, userId, kind: 'ANOMALY', at, outcome: 'OK', provider, keyId },
    keySource: ofUser && sourceOf(ofUser),
    model: ofUser?.type === 'KEY_USED' ? ofUser.model : null,
    detail: `${rule.name}: ${explanation}${network === null ? '' : ` Network: ${network}.`}`,
  });
  const content = { id, at, rule: rule.name, userId: ofUser ? userId : null, provider, keyId };
  return {
    ...{ event: sealed, rule: rule.name, userId, provider, keyId, explanation },
    webhook: hasWebhook ? webhookBody({ ...content, explanation, network }) : null,
  };
}

const sourceOf = (event: { readonly keyId: string | null; readonly keySource?: string }): string =>
  event.keySource ?? (event.keyId === null ? 'SERVER' : 'USER');
