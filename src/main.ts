import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { StartupError } from './common/startup-error.js';
import { processEnvironment } from './config/environment.js';
import { loadConfig } from './config/load-config.js';
import { endAfterCrash } from './crash.js';
import { firstSteps, originOf } from './first-steps.js';
import { unwrapKeys } from './key-services/unwrap-keys.js';
import { listen } from './listen.js';
import { registry } from './providers/registry/registry.js';

async function main(): Promise<void> {
  const loaded = loadConfig(processEnvironment(), registry);
  const config = loaded.withEncryption(await unwrapKeys(loaded.encryption, loaded.outbound));
  // Loading the application takes seconds: a mistake in the configuration is reported before.
  const { createApp, hasConsole, stopApp } = await import('./create-app.js');
  const app = await createApp(config);
  const logger = new Logger('Keystream');
  for (const warning of config.warnings) logger.warn(warning);

  let closeLast = (): Promise<void> | undefined => undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches a whole process group, and its supervisor may ask again.
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: no new work; streams have ${config.server.drainTimeoutMs} ms to finish`);
    stopApp(app, config.server.drainTimeoutMs)
      .then(() => closeLast())
      .then(
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

  const { metricsPort, tracesEndpoint } = config.server;
  // They cost nothing where nobody asks for them, not even their loading.
  const metrics =
    metricsPort === null
      ? null
      : await (await import('./serve-metrics.js')).serveMetrics(app, config.server, metricsPort);
  if (metrics) logger.log(`Metrics on ${metrics.origin}/metrics`);
  const traces =
    tracesEndpoint === null
      ? null
      : new (await import('./telemetry/otlp/span-exporter.js')).SpanExporter(tracesEndpoint);
  // The last of all: what happens while it drains can be seen.
  closeLast = async () => {
    await traces?.close();
    await metrics?.close();
  };

  await listen(app, config.server);
  const listening = app.getHttpServer().address() as AddressInfo;
  logger.log(`Listening on ${originOf(listening)}/graphql`);
  for (const step of firstSteps(config, listening, { hasConsole: hasConsole(app) })) logger.log(step);
}

main().catch((error: unknown) => {
  // An operator's mistake is reported as a message; anything else is a bug, and keeps its stack.
  process.stderr.write(
    `${error instanceof StartupError ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(1);
});
