import { randomBytes } from 'node:crypto';
import fastifyStatic from '@fastify/static';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import type { PersistedOperation } from '../config/persisted-operations.js';
import {
  CONSOLE_ASSETS,
  CONSOLE_LICENCES,
  CONSOLE_PAGES,
  CONSOLE_PATH,
  CONSOLE_RENEWED,
} from '../graphql/every-door/paths.js';
import { ConsoleFiles } from './console-files.js';
import { indexHeaders, renewedHeaders } from './page-headers.js';
import type { PageTemplate } from './page-template.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { SignInDiscovery } from './sign-in-discovery.js';

const NONCE_BYTES = 16;
/** The names of assets change with what is in them. */
const ASSETS_MAX_AGE = '365d';

/** Serves the console: its page at all of its addresses, the page in its hidden frame, and what both load. */
@Injectable()
export class ConsoleDoor {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: SignInDiscovery,
    private readonly config: Config,
    @Inject(ConsoleFiles) private readonly files: ConsoleFiles | null,
  ) {}

  /** Whether there is a page: the console is on, and was built. */
  get isOpen(): boolean {
    return this.files !== null;
  }

  /**
   * What the page asks of GraphQL; nothing where there is no page.
   *
   * @throws StartupError
   */
  readOperations(): readonly PersistedOperation[] {
    return this.files?.readOperations() ?? [];
  }

  /** Called before routes are registered, and after the hooks of the door of HTTP. */
  install(): void {
    const { files } = this;
    if (files) this.serve(files);
    else if (this.config.console.isOn)
      new Logger('Console').warn(`There is no page at ${CONSOLE_PATH}: npm run build makes it.`);
  }

  private serve(files: ConsoleFiles): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    for (const path of CONSOLE_PAGES)
      server.get(path, (request, reply) => this.sendIndex(files, request, reply));
    server.get(CONSOLE_RENEWED, (_, reply) => {
      void reply.headers(renewedHeaders());
      return fill(files.renewed);
    });
    server.get(CONSOLE_LICENCES, (_, reply) =>
      reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(files.licences),
    );
    void server.register(fastifyStatic, {
      root: files.assetsFolder,
      // Its own route would look for whatever a client names.
      serve: false,
      preCompressed: true,
      immutable: true,
      maxAge: ASSETS_MAX_AGE,
    });
    server.get<{ Params: { '*': string } }>(CONSOLE_ASSETS, ({ params }, reply) => {
      const name = params['*'];
      if (!files.assets.has(name)) {
        reply.callNotFound();
        return reply;
      }
      void reply.header('cross-origin-resource-policy', 'same-origin');
      return reply.sendFile(name);
    });
  }

  private async sendIndex(
    { index }: ConsoleFiles,
    { headers: { host } }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    const { signIn } = this.config.console;
    const metadata = signIn && (await this.discovery.find(signIn.issuer));
    const nonce = makeNonce();
    void reply.headers(indexHeaders({ host, nonce, metadata }));
    return index.fill({ nonce, settings: this.settingsWith(metadata) });
  }

  /** What the page is to know: where to sign in, and which rules hold. */
  private settingsWith(metadata: ProviderMetadata | null): object {
    const { general, attachments } = this.config;
    const { signIn } = this.config.console;
    const rules = { production: general.production, maxAttachmentBytes: attachments.maxBytes };
    if (!signIn) return { ...rules, signIn: null };
    if (!metadata) return { ...rules, signIn: null, signInProblem: true };
    const { clientId, audience } = signIn;
    return { ...rules, signIn: { clientId, audience, metadata } };
  }
}

const makeNonce = (): string => randomBytes(NONCE_BYTES).toString('base64');

const fill = (page: PageTemplate): string => page.fill({ nonce: makeNonce() });
