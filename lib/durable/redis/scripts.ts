/*
 * What has to happen at once in Redis. Every key of a script is named in KEYS and in the slot of its environment.
 */

/**
 * KEYS: version, then stream and size of each group. ARGV: version, limit, event.
 * Gives 'stale' when the groups have changed, the number of a group that is full, else 0.
 */
export const APPEND = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 'stale' end
for i = 2, #KEYS, 2 do
  if tonumber(redis.call('GET', KEYS[i + 1]) or '0') >= tonumber(ARGV[2]) then return i / 2 end
end
for i = 2, #KEYS, 2 do
  redis.call('XADD', KEYS[i], '*', 'e', ARGV[3])
  redis.call('INCR', KEYS[i + 1])
end
return 0`;

/** KEYS: version, groups. Both at once: a version that is newer than the groups would hide what has changed. */
export const GROUPS = `
return { redis.call('GET', KEYS[1]) or '', redis.call('SMEMBERS', KEYS[2]) }`;

/**
 * Gives the groups a new version. It begins with 16 characters that stay while there is one: others say that Redis has
 * lost its data since.
 */
const RENEW = (random: string): string =>
  `redis.call('SET', KEYS[1], string.sub(redis.call('GET', KEYS[1]) or ${random}, 1, 16) .. ${random})`;

/** KEYS: version, groups, then the streams of one group. ARGV: the group's name, 16 random characters. */
export const OPEN = `
for i = 3, #KEYS do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[i], 'atom', '0', 'MKSTREAM')
  if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
end
if redis.call('SADD', KEYS[2], ARGV[1]) == 1 then ${RENEW('ARGV[2]')} end
return 0`;

/** KEYS: version, groups, size, members, owners, then the streams. ARGV: name, 16 random characters. Gives the events dropped, or -1. */
export const FORGET = `
if redis.call('SREM', KEYS[2], ARGV[1]) == 0 then return -1 end
${RENEW('ARGV[2]')}
local size = tonumber(redis.call('GET', KEYS[3]) or '0')
for i = 3, #KEYS do redis.call('DEL', KEYS[i]) end
return size`;

/**
 * KEYS: members, owners, size. ARGV: JSON { instance, lease, parts, gone, give }.
 * Gives the share, the backlog and the instance's partitions. The clock is Redis' own, so it is one for all; when that
 * was put back, leases that would end in hours are cut.
 */
export const ATTEND = `
local members, owners = KEYS[1], KEYS[2]
local a = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, id in ipairs(a.gone) do redis.call('ZREM', members, id) end
redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
if a.lease > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', members, now + 10 * a.lease, '+inf')) do
    redis.call('ZADD', members, now + a.lease, id)
  end
  redis.call('ZADD', members, now + a.lease, a.instance)
else redis.call('ZREM', members, a.instance) end
for _, p in ipairs(a.give) do
  if redis.call('HGET', owners, p) == a.instance then redis.call('HDEL', owners, p) end
end
local share = math.ceil(a.parts / math.max(1, redis.call('ZCARD', members)))
local mine, free = {}, {}
for p = 0, a.parts - 1 do
  local owner = redis.call('HGET', owners, p)
  if owner == a.instance then table.insert(mine, p)
  elseif not owner or not redis.call('ZSCORE', members, owner) then table.insert(free, p) end
end
if a.lease == 0 then mine = {} end
for _, p in ipairs(free) do
  if a.lease == 0 or #mine >= share then break end
  redis.call('HSET', owners, p, a.instance)
  table.insert(mine, p)
end
local result = { share, tonumber(redis.call('GET', KEYS[3]) or '0') }
for _, p in ipairs(mine) do table.insert(result, p) end
return result`;

/** KEYS: stream, size, dead. ARGV: id, and for a dead letter: JSON of it without the text, text. */
export const SETTLE = `
redis.call('XACK', KEYS[1], 'atom', ARGV[1])
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('DECR', KEYS[2])
if ARGV[2] then redis.call('XADD', KEYS[3], '*', 'f', ARGV[2], 'e', ARGV[3]) end
return 1`;

/** KEYS: dead, groups, stream, size. ARGV: id, the group's name. */
export const REPLAY = `
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 0 then return 0 end
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[1])
local fields = found[1][2]
redis.call('XADD', KEYS[3], '*', 'e', fields[4])
redis.call('INCR', KEYS[4])
return 1`;
