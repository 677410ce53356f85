import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { Controller, Get, NotFoundException, Param, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pagePolicy } from './page-policy.js';
import { graphiqlFiles, graphiqlPage, locate } from './graphiql-files.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
};

/** The page and the files that {@link graphiqlFiles} names, and no others. */
@Controller('graphiql')
export class GraphiQLController {
  @Get()
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    void reply.header('content-security-policy', pagePolicy(request.headers.host));
    return send(graphiqlPage);
  }

  @Get(':name')
  file(@Param('name') name: string): StreamableFile {
    const path = graphiqlFiles.get(name);
    if (path === undefined) throw new NotFoundException();
    return send(path);
  }
}

function send(path: string): StreamableFile {
  const type = mediaTypes[extname(path)] ?? 'application/octet-stream';
  return new StreamableFile(createReadStream(locate(path)), { type });
}
