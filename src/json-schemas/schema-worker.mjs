import { parentPort } from 'node:worker_threads';
import { fits, tryToCompile } from './client-schema.mjs';
import { findFault } from './meta-schemas.mjs';

/**
 * Works on JSON Schemas, apart from the event loop of the server: they come from clients, and a small one can take long.
 *
 * @typedef {import('./client-schema.mjs').ClientSchema} ClientSchema
 *
 * @typedef {{ findFault: readonly string[] } | { tryToCompile: ClientSchema } | { fits: ClientSchema, text: string }} Work
 */

/** @param {Work} work */
function resultOf(work) {
  if ('findFault' in work) return findFault(work.findFault);
  if ('tryToCompile' in work) return tryToCompile(work.tryToCompile);
  return fits(work.fits, work.text);
}

parentPort?.on('message', (/** @type {{ id: number, work: Work }} */ { id, work }) => {
  parentPort?.postMessage({ id, result: resultOf(work) });
});
parentPort?.postMessage('READY');
