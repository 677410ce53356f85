import type { AddressInfo, Server } from 'node:net';
import { Logger } from '@nestjs/common';
import { StartupError } from './common/startup-error.js';
import { processEnvironment } from './config/environment.js';
import { loadConfig } from './config/load-config.js';
import { endAfterCrash } from './crash.js';
import { createApp, stopApp } from './create-app.js';
import { listen } from './listen.js';
import { registry } from './registry/registry.js';

async function main(): Promise<void> {
  const config = loadConfig(processEnvironment(), registry);
  const app = await createApp(config);
  const logger = new Logger('Keystream');
  for (const warning of config.warnings) logger.warn(warning);

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches a whole process group, and its supervisor may ask again.
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: no new work; streams have ${config.server.drainTimeoutMs} ms to finish`);
    stopApp(app, config.server.drainTimeoutMs).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'The server could not be stopped in order');
        process.exit(1);
      },
    );
  };
  endAfterCrash(() => stopApp(app, 0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  await listen(app, config.server);
  logger.log(`Listening on ${addressOf(app.getHttpServer())}/graphql`);
}

/** Where it listens, as it was told: Nest would call every address of the machine 127.0.0.1. */
function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

main().catch((error: unknown) => {
  // What an operator can mend is told in words; anything else is our mistake, and keeps its stack.
  process.stderr.write(
    `${error instanceof StartupError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(1);
});
