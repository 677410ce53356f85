// Loaded into a server before it starts (`node --import`): it waits for headers for two seconds, and not for a minute.
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const { createServer } = http;
const times = { headersTimeout: 2_000, connectionsCheckingInterval: 200 };
/** @type {{ createServer: unknown }} */ (http).createServer = (
  /** @type {import('node:http').ServerOptions} */ options,
  /** @type {import('node:http').RequestListener} */ listener,
) => createServer({ ...options, ...times }, listener);
syncBuiltinESMExports();
