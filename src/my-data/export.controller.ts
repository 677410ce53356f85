import { Readable } from 'node:stream';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import { EXPORT_PATH } from '../graphql/every-door/paths.js';
import { atExpiry } from '../graphql/every-door/token-expiry.js';
import { Limits } from '../limits/limits.service.js';
import { ExportService } from './export.service.js';

/** https://jsonlines.org */
const CONTENT_TYPE = 'application/jsonl; charset=utf-8';

/** Origin, drain and token were checked by the door of HTTP. */
@Controller()
export class ExportController {
  constructor(
    private readonly exports: ExportService,
    private readonly limits: Limits,
  ) {}

  @Get(EXPORT_PATH)
  async export(@Req() { user, turn }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!user) throw new UnauthenticatedError();
    // It takes as long as its client reads.
    turn?.release();
    const slot = await this.limits.reserveExport(user.userId);
    const lines = Readable.from(this.exports.lines(user.userId));
    // A failure cuts the answer, and so does the end of the token: its last line is missing.
    const stopWaiting = atExpiry(user.expiresAt, () => reply.raw.destroy());
    lines.once('close', () => {
      stopWaiting();
      slot.release();
    });
    reply.raw.once('close', () => lines.destroy());
    await reply
      .type(CONTENT_TYPE)
      .header('content-disposition', 'attachment; filename="keystream.jsonl"')
      .send(lines);
  }
}
