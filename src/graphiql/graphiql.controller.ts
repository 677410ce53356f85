import fastifyStatic from '@fastify/static';
import { Controller, Get, NotFoundException, type OnModuleInit, Param, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contentSecurityPolicy } from './content-security-policy.js';
import { graphiqlFiles, graphiqlFolders } from './graphiql-files.js';

@Controller('graphiql')
export class GraphiQLController implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** No routes of the plugin's own: it sends the files that are named here, and no others. */
  async onModuleInit(): Promise<void> {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    await server.register(fastifyStatic, { root: [...graphiqlFolders], serve: false });
  }

  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply
      .header('content-security-policy', contentSecurityPolicy(request.headers.host))
      .header('referrer-policy', 'no-referrer')
      .sendFile('index.html');
  }

  @Get(':name')
  file(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const path = graphiqlFiles.get(name);
    if (path === undefined) throw new NotFoundException();
    void reply.sendFile(path);
  }
}
