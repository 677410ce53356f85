/**
 * One service that the stand-in plays, in a module of its own.
 *
 * @typedef {object} Service
 * @property {string} provider The id in Keystream's registry: `OPENAI`.
 * @property {Readonly<Record<string, string>>} endpoints The environment variables with the service's addresses, and
 *   the path under which the stand-in plays each: `{ OPENAI_BASE_URL: '/openai' }`.
 * @property {RegExp} keyShape What its keys look like, roughly: what `acceptMadeUpKeys` goes by.
 * @property {(exchange: import('./exchange.mjs').Exchange) => string | null} keyOf Finds the key in the request, where
 *   the real service looks for it. Null where it is in none of these places, or in two.
 * @property {import('./behaviours.mjs').Behaviour} refuse The service's real answer to a bad key. It echoes the key:
 *   what Keystream passes on of it, it would pass on of the real one.
 * @property {import('./behaviours.mjs').Behaviour} answer A plausible answer in the service's wire format.
 */

export {};
