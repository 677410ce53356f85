import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/config.js';
import { ConsoleDoor } from '../console-door/console-door.js';
import { CONSOLE_PATH, GRAPHQL_PATH } from '../graphql/every-door/paths.js';

/** The address that people try first. It leads to the console; where there is none, to GraphiQL, and else it says what this is. */
@Controller()
export class RootController {
  constructor(
    private readonly config: Config,
    private readonly consoleDoor: ConsoleDoor,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  root(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/plain; charset=utf-8');
    const [first, ...others] = this.pages();
    if (!first) return 'Keystream: a GraphQL API server.\n';
    void reply.code(302).header('location', first.path);
    return `${[first, ...others].map(({ name, path }) => `${name} is at ${path}`).join(', ')}.\n`;
  }

  private pages(): readonly { readonly name: string; readonly path: string }[] {
    return [
      ...(this.consoleDoor.isOpen ? [{ name: 'The console', path: CONSOLE_PATH }] : []),
      ...(this.config.general.production
        ? []
        : [
            { name: 'GraphiQL', path: '/graphiql' },
            { name: 'Apollo Sandbox', path: GRAPHQL_PATH },
          ]),
    ];
  }
}
