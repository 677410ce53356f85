import type { Script } from '../../redis/redis-connection.js';

/*
 * Anything may stand in these keys, for others can write to Redis: what a script answers with has a bounded size, and is
 * trusted only where it is sealed.
 */

/** The most characters of a sealed entry, record or claim: no server writes a longer one. */
const MAX_SEALED_LENGTH = 8 * 1024 * 1024;
/** Of a plain field, only so many characters are read. */
const MAX_FIELD_LENGTH = 100;

/** Answers of {@link writeScript}. */
export const WRITTEN = 1;
/** The run was ended by another server, which took this one for dead. */
export const FENCED = 0;
/** Redis has lost the run: it may be written again, from its first event. */
export const LOST = -1;
/** Another server took the request's id, because it took this one for dead: the run may not call its provider. */
export const CLAIMED = -2;

/**
 * Adds events to a run's log, and makes the run with the first ones. An entry's id is the number of its last event, so
 * that adding the same again changes nothing, and nothing can be added after the end.
 *
 * KEYS: meta, log
 * ARGV: server, first number, last number, sealed events, sealed record ('' unchanged), ended (1 or 0), milliseconds
 * for which it is kept from now on, the first number to keep, the news channel
 */
export const writeScript: Script = {
  keys: 2,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if not run[1] then
  if ARGV[2] ~= '1' then return ${String(LOST)} end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'server', ARGV[1], 'state', 'running')
elseif run[1] ~= ARGV[1] or run[2] ~= 'running' then
  return ${String(FENCED)}
end
if tonumber(run[3] or '0') < tonumber(ARGV[3]) then
  redis.call('XADD', KEYS[2], ARGV[3] .. '-0', 'e', ARGV[4])
  redis.call('HSET', KEYS[1], 'last', ARGV[3])
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'record', ARGV[5]) end
if tonumber(ARGV[8]) > 1 then redis.call('XTRIM', KEYS[2], 'MINID', ARGV[8] .. '-0') end
if ARGV[6] == '1' then redis.call('HSET', KEYS[1], 'state', 'ended') end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('PUBLISH', ARGV[9], ARGV[3])
return ${String(WRITTEN)}`,
};

/**
 * Ends a run whose server is dead.
 *
 * What keeps its server from writing on, where that comes back, has to be there for longer than its events: without it,
 * they would be taken for lost, and written again.
 *
 * KEYS: meta, log
 * ARGV: the dead server, the last number that is expected, the number of the end, sealed end, milliseconds for which
 * its events are kept from now on, the news channel, milliseconds for which its server may not write
 * Answers 1 where it did, 0 where the run is not as expected, -1 where its log takes no end.
 */
export const endScript: Script = {
  keys: 2,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if run[1] ~= ARGV[1] or run[2] ~= 'running' or run[3] ~= ARGV[2] then return 0 end
local added = redis.pcall('XADD', KEYS[2], ARGV[3] .. '-0', 'e', ARGV[4])
if type(added) == 'table' and added.err then return -1 end
redis.call('HSET', KEYS[1], 'state', 'ended', 'last', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PUBLISH', ARGV[6], ARGV[3])
return 1`,
};

/**
 * Reads a part of a run's log.
 *
 * KEYS: meta, log
 * ARGV: the first number that is wanted, how many entries at most, how many characters of them (but one entry at least),
 * 1 where the last entry is wanted in any case
 * Answers nil where there is no such run, or nothing but its end's mark any more; else server, state, last number, the
 * entries: id, sealed events; and, where there are none and the run has ended or it was asked for, the last entry.
 */
export const readScript: Script = {
  keys: 2,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last')
if not run[1] or (run[2] == 'ended' and redis.call('EXISTS', KEYS[2]) == 0) then return nil end
local function field(value) return string.sub(value or '', 1, ${String(MAX_FIELD_LENGTH)}) end
local function read(first, last, count)
  local found, length = {}, 0
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], first, last, 'COUNT', count)) do
    local sealed = ''
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'e' and #entry[2][i + 1] <= ${String(MAX_SEALED_LENGTH)} then sealed = entry[2][i + 1] end
    end
    length = length + #sealed
    if #found > 0 and length > tonumber(ARGV[3]) then break end
    found[#found + 1] = entry[1]
    found[#found + 1] = sealed
  end
  return found
end
local entries, last = read(ARGV[1], '+', ARGV[2]), {}
if #entries == 0 and (run[2] ~= 'running' or ARGV[4] == '1') and string.match(field(run[3]), '^%d+$') then
  last = read(run[3], run[3], 1)
end
return { field(run[1]), field(run[2]), field(run[3]), entries, last }`,
};

/**
 * Reads what a run's end is written down from. KEYS: meta. Answers server, state, last number, sealed record, each nil
 * where it is missing or longer than one of ours.
 */
export const recordScript: Script = {
  keys: 1,
  lua: `
local run = redis.call('HMGET', KEYS[1], 'server', 'state', 'last', 'record')
for i, limit in ipairs({ ${String(MAX_FIELD_LENGTH)}, ${String(MAX_FIELD_LENGTH)}, ${String(MAX_FIELD_LENGTH)}, 65536 }) do
  if run[i] and #run[i] > limit then run[i] = false end
end
return run`,
};

/** The runs of a server. KEYS: its runs. ARGV: how many at most. What is longer than a run's key is removed. */
export const ownRunsScript: Script = {
  keys: 1,
  lua: `
local runs = {}
for _, run in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if #runs >= tonumber(ARGV[1]) then break end
  if #run > ${String(MAX_FIELD_LENGTH)} then redis.call('SREM', KEYS[1], run) else runs[#runs + 1] = run end
end
return runs`,
};

/**
 * How far watchers have come. KEYS: watchers. ARGV: how many servers are looked at. Answers pairs of a server's id and a
 * number; what cannot be either is left out.
 */
export const cursorsScript: Script = {
  keys: 1,
  lua: `
local cursors = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, math.min(#fields, 2 * ARGV[1]), 2 do
  local server, cursor = fields[i], fields[i + 1]
  if #server <= ${String(MAX_FIELD_LENGTH)} and #cursor <= 15 and string.match(cursor, '^%d+$') then
    cursors[#cursors + 1] = server
    cursors[#cursors + 1] = cursor
  end
end
return cursors`,
};

/**
 * Takes a request id, or answers which claim has it.
 *
 * KEYS: the claim. ARGV: sealed claim, milliseconds
 * Answers nil where it was free, or held by what is no claim; else the sealed claim that holds it.
 */
export const claimScript: Script = {
  keys: 1,
  lua: `
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' and #held <= 4096 then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return nil`,
};

/**
 * Extends a claim. KEYS: the claim. ARGV: sealed claim, milliseconds, whether it is made where
 * no claim holds the id (1 or 0). Answers 0 where another claim holds the id.
 */
export const keepScript: Script = {
  keys: 1,
  lua: `
if ARGV[3] == '1' then redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) end
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`,
};

/** Gives a request id back, where the given claim still holds it. KEYS: the claim. ARGV: sealed claim */
export const releaseScript: Script = {
  keys: 1,
  lua: `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`,
};

/** Whether the given claim holds a request id: 1 or 0. KEYS: the claim. ARGV: sealed claim */
export const holdsScript: Script = {
  keys: 1,
  lua: `return redis.pcall('GET', KEYS[1]) == ARGV[1] and 1 or 0`,
};
