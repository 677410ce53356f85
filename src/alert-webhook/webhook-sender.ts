import { Injectable } from '@nestjs/common';
import { AlertSender, type SendResult, type Webhook } from '../audit/anomalies/webhook/alert-sender.js';
import { withDeadline } from '../common/deadline.js';
import { Config } from '../config/config.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { ProviderTimeoutError, UpstreamError } from '../outbound/upstream-error.js';
import { signatureHeaders } from './webhook-signature.js';

/** For all of an attempt, from the connection to the answer's headers, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Sends webhooks to the address that the operator names. Of the answer nothing counts but its status. */
@Injectable()
export class WebhookSender extends AlertSender {
  readonly timeoutMs: number = TIMEOUT_MS;

  constructor(
    private readonly config: Config,
    private readonly http: OutboundHttp,
  ) {
    super();
  }

  override get isOn(): boolean {
    return this.config.alerts.webhook !== null;
  }

  override async send(webhook: Webhook): Promise<SendResult> {
    try {
      const status = await this.#post(webhook);
      if (status >= 200 && status < 300) return { hasArrived: true };
      return { hasArrived: false, reason: `it was answered with ${status}` };
    } catch (error) {
      return { hasArrived: false, reason: reasonOf(error) };
    }
  }

  async #post(webhook: Webhook): Promise<number> {
    const { webhook: target } = this.config.alerts;
    if (target === null) throw new Error('Webhooks are off.');
    const { timeoutMs } = this;
    const limits = { firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs };
    const headers = {
      'content-type': 'application/json',
      ...signatureHeaders(webhook, target.secret, Math.floor(Date.now() / 1_000)),
    };
    const { signal } = new AbortController();
    const late = (): Error => new ProviderTimeoutError();
    return withDeadline(timeoutMs, signal, late, async (inTime) => {
      const request = { method: 'POST', url: target.url.href, headers, body: webhook.body } as const;
      const answer = await this.http.request({ ...request, signal: inTime, ...limits });
      // Its body is of no interest, however long it is.
      await answer.body.return?.();
      return answer.status;
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ProviderTimeoutError) return 'it was not answered in time';
  if (!(error instanceof UpstreamError)) return 'it could not be sent';
  if (error.status !== null) return `it was answered with a redirect (${error.status}), and none is followed`;
  return `its address cannot be reached${error.networkCode === null ? '' : ` (${error.networkCode})`}`;
}
