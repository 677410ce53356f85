import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import { Config } from '../config/config.js';
import { ATTACHMENTS_PATH } from '../graphql/every-door/paths.js';
import { Limits } from '../limits/limits.service.js';
import { AttachmentTooLargeError, NoFileError } from './attachment.errors.js';
import { AttachmentsService } from './attachments.service.js';
import { cleanName } from './attachment-name.js';
import type { CompleteAttachment } from './attachments.repository.js';
import { FORM_BYTES, receiveFile } from './receive-file.js';

/**
 * Takes images and files: `POST /attachments`, a form with one file. Origin, drain and token were checked by the door of HTTP
 * before anything of the body is read.
 */
@Injectable()
export class AttachmentsDoor {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly attachments: AttachmentsService,
    private readonly limits: Limits,
    private readonly config: Config,
  ) {}

  /** Called before routes are registered, and after the hooks of the door of HTTP. */
  install(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    // No other path takes forms.
    void server.register((scope, _, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('multipart/form-data', (_request, _payload, parsed) => parsed(null));
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(new NoFileError()));
      scope.post(ATTACHMENTS_PATH, (request, reply) => this.receive(request, reply));
      done();
    });
  }

  private async receive(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { user, turn, ending } = request;
    if (!user || !ending) throw new UnauthenticatedError();
    // It takes as long as its client sends.
    turn?.release();
    const { maxBytes } = this.config.attachments;
    const length = Number(request.headers['content-length'] ?? Infinity);
    if (Number.isFinite(length) && length > maxBytes + FORM_BYTES)
      throw new AttachmentTooLargeError(maxBytes);
    const slot = await this.limits.reserveUpload(user.userId);
    try {
      const stored = await this.store(request, user.userId, Math.min(length, maxBytes), ending.signal);
      const { id, mimeType, bytes, expiresAt } = stored;
      await reply.code(201).send({ id, mimeType, bytes, expiresAt });
    } finally {
      slot.release();
    }
  }

  private async store(
    { raw }: FastifyRequest,
    userId: string,
    room: number,
    signal: AbortSignal,
  ): Promise<CompleteAttachment> {
    const { maxBytes } = this.config.attachments;
    let upload = null as Awaited<ReturnType<AttachmentsService['begin']>> | null;
    try {
      await receiveFile(raw, { maxBytes, signal }, async ({ name, content }) => {
        upload = await this.attachments.begin(userId, cleanName(name), room);
        await upload.write(content);
      });
      if (!upload) throw new Error('A form without a file was taken.');
      return await upload.complete();
    } catch (error) {
      // What is left of it expires, where the database is away.
      await upload?.discard().catch(() => undefined);
      throw error;
    }
  }
}
