import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/config.js';

/** The address that people try first. It leads to GraphiQL; in production, where there is none, it says what this is. */
@Controller()
export class RootController {
  constructor(private readonly config: Config) {}

  @Get()
  @Header('cache-control', 'no-store')
  root(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/plain; charset=utf-8');
    if (this.config.general.production) return 'Keystream: a GraphQL API server.\n';
    void reply.code(302).header('location', '/graphiql');
    return 'GraphiQL is at /graphiql, Apollo Sandbox at /graphql.\n';
  }
}
