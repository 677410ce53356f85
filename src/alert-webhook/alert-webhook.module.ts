import { Global, Module } from '@nestjs/common';
import { AlertSender } from '../audit/anomalies/webhook/alert-sender.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { WebhookSender } from './webhook-sender.js';

/** The way from the rules to the operator. */
@Global()
@Module({
  imports: [OutboundModule],
  providers: [WebhookSender, { provide: AlertSender, useExisting: WebhookSender }],
  exports: [AlertSender],
})
export class AlertWebhookModule {}
