import type { Script } from '../../redis/redis-connection.js';

/** Answers of {@link writeScript}. */
export const WRITTEN = 1;
/** The run was ended by another server, which took this one for dead. */
export const FENCED = 0;
/** Redis has lost the run: it may be written again, from its first event. */
export const LOST = -1;

/**
 * Adds events to a run's log, and makes the run with the first ones. An entry's id is the number of its last event, so
 * that adding the same again changes nothing, and nothing can be added after the end.
 *
 * KEYS: meta, log, the owner's runs, the request's claim (or meta again)
 * ARGV: server, first number, last number, sealed events, sealed record ('' unchanged), ended (1 or 0), milliseconds
 * for which it is kept from now on, the first number to keep, the news channel, run key,
 * the sealed claim (or '')
 */
export const writeScript: Script = {
  keys: 4,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if not run[1] then
  if ARGV[2] ~= '1' then return ${String(LOST)} end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'server', ARGV[1], 'state', 'running')
  redis.call('SADD', KEYS[3], ARGV[10])
  if ARGV[11] ~= '' then redis.call('SET', KEYS[4], ARGV[11], 'NX', 'PX', ARGV[7]) end
elseif run[1] ~= ARGV[1] or run[2] ~= 'running' then
  return ${String(FENCED)}
end
if tonumber(run[3] or '0') < tonumber(ARGV[3]) then
  redis.call('XADD', KEYS[2], ARGV[3] .. '-0', 'e', ARGV[4])
  redis.call('HSET', KEYS[1], 'last', ARGV[3])
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'record', ARGV[5]) end
if tonumber(ARGV[8]) > 1 then redis.call('XTRIM', KEYS[2], 'MINID', ARGV[8] .. '-0') end
if ARGV[6] == '1' then
  redis.call('HSET', KEYS[1], 'state', 'ended')
  redis.call('SREM', KEYS[3], ARGV[10])
end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('PEXPIRE', KEYS[4], ARGV[7])
redis.call('PUBLISH', ARGV[9], ARGV[3])
return ${String(WRITTEN)}`,
};

/**
 * Ends a run whose server is dead. It stays among that server's runs until its end is in the audit trail.
 *
 * KEYS: meta, log, the request's claim (or meta again)
 * ARGV: the dead server, the last number that is expected, the number of the end, sealed end, milliseconds for which
 * it is kept from now on, the news channel
 * Answers 1 where it did, 0 where the run is not as expected.
 */
export const endScript: Script = {
  keys: 3,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if run[1] ~= ARGV[1] or run[2] ~= 'running' or run[3] ~= ARGV[2] then return 0 end
redis.call('XADD', KEYS[2], ARGV[3] .. '-0', 'e', ARGV[4])
redis.call('HSET', KEYS[1], 'state', 'ended', 'last', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('PUBLISH', ARGV[6], ARGV[3])
return 1`,
};

/**
 * Reads a part of a run's log.
 *
 * KEYS: meta, log
 * ARGV: the first number that is wanted, how many entries at most
 * Answers nil where there is no such run; else server, state, last number, and the entries: last number, sealed events
 */
export const readScript: Script = {
  keys: 2,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if not run[1] then return nil end
local entries = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], ARGV[1], '+', 'COUNT', ARGV[2])) do
  entries[#entries + 1] = string.match(entry[1], '^%d+')
  entries[#entries + 1] = entry[2][2]
end
return { run[1], run[2], run[3], entries }`,
};

/**
 * Takes a request id, or tells who has it.
 *
 * KEYS: the claim. ARGV: sealed claim, milliseconds
 * Answers nil where it was free, else the sealed claim that holds it.
 */
export const claimScript: Script = {
  keys: 1,
  lua: `
local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return nil`,
};

/** Gives a request id back, where the given claim still holds it. KEYS: the claim. ARGV: sealed claim */
export const releaseScript: Script = {
  keys: 1,
  lua: `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`,
};
