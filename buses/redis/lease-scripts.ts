/*
 * Leases in Redis. Everything of one deployment has the prefix P (one slot of a cluster):
 *   P:k:KIND:NAME  hash: holder → "TOKEN TTL BLOB"      who holds a key
 *   P:i:KIND       sorted set of NAME, by NAME          which keys are held
 *   P:x            sorted set of "KIND NAME HOLDER"     by when they expire, epoch ms of Redis
 *   P:d:…          what ended a lease that its own node may not have heard of
 *   P:t P:s        the last token; how many changes were told
 *   P:r P:g        when was last looked for expired leases; until when none expires
 * and the channel P:c, on which changes are told. The only clock is that of Redis.
 */

/** For how long it is remembered that somebody else ended a lease (ms): a node may be away for so long. */
const GRAVE_TTL = 600_000
/** When nobody looked for expired leases for so long (ms), Redis or all nodes were away … */
const PAUSE = 3_000
/** … and nodes get so long to come back before anything expires (ms). */
const RETURN_TIME = 2_500

const PRELUDE = `
local P = KEYS[1]
local time = redis.call('TIME')
local us = tonumber(time[1]) * 1000000 + tonumber(time[2]) + tonumber(ARGV[1]) * 1000
local now = math.floor(us / 1000)
local told = 0
local function text(n) return string.format('%.0f', n) end
local function hash(kind, name) return P .. ':k:' .. kind .. ':' .. name end
local function id(kind, name, holder) return kind .. ' ' .. name .. ' ' .. holder end
local function grave(kind, name, holder, token) return P .. ':d:' .. id(kind, name, holder) .. ' ' .. token end
local function parse(value)
  local token, ttl, blob = string.match(value, '^(%d+) (%d+) (.*)$')
  return { token = token, ttl = tonumber(ttl), blob = blob }
end
local function tell(what, kind, name, entry)
  told = redis.call('INCR', P .. ':s')
  redis.call('PUBLISH', P .. ':c',
    table.concat({ text(told), what, kind, name, entry.token, entry.blob }, ' '))
end
local function entries(kind, name)
  local flat = redis.call('HGETALL', hash(kind, name))
  local all = {}
  for i = 1, #flat, 2 do
    local entry = parse(flat[i + 1])
    entry.holder = flat[i]
    all[#all + 1] = entry
  end
  table.sort(all, function(a, b) return tonumber(a.token) < tonumber(b.token) end)
  return all
end
local function put(kind, name, holder, token, ttl, blob, left)
  redis.call('HSET', hash(kind, name), holder, token .. ' ' .. text(ttl) .. ' ' .. blob)
  redis.call('ZADD', P .. ':x', text(now + left), id(kind, name, holder))
  redis.call('ZADD', P .. ':i:' .. kind, 0, name)
end
-- True when nobody holds the key any more.
local function drop(kind, name, holder)
  redis.call('HDEL', hash(kind, name), holder)
  redis.call('ZREM', P .. ':x', id(kind, name, holder))
  if redis.call('EXISTS', hash(kind, name)) == 1 then return false end
  redis.call('ZREM', P .. ':i:' .. kind, name)
  return true
end
local function bury(kind, name, entry)
  redis.call('SET', grave(kind, name, entry.holder, entry.token), '1', 'PX', ${GRAVE_TTL})
end
-- Makes room for one more than there is: the lowest tokens go. Answers them.
local function evict(kind, name, holder, capacity)
  local others, evicted = {}, {}
  for _, entry in ipairs(entries(kind, name)) do
    if entry.holder ~= holder then others[#others + 1] = entry end
  end
  for i = 1, #others - capacity + 1 do
    drop(kind, name, others[i].holder)
    bury(kind, name, others[i])
    evicted[i] = others[i]
  end
  return evicted
end
local function isFull(kind, name, holder, capacity)
  if capacity == 0 then return false end
  local others = redis.call('HLEN', hash(kind, name)) - redis.call('HEXISTS', hash(kind, name), holder)
  return others >= capacity
end
`

/** skew, least token, kind, name, holder, ttl, capacity, evict or refuse, blob → [] or [token, first, told, token, blob …] */
const TAKE = `${PRELUDE}
local kind, name, holder, blob = ARGV[3], ARGV[4], ARGV[5], ARGV[9]
local ttl, capacity = tonumber(ARGV[6]), tonumber(ARGV[7])
local isFirst = redis.call('EXISTS', hash(kind, name)) == 0
local evicted = {}
if isFull(kind, name, holder, capacity) then
  if ARGV[8] == 'refuse' then return {} end
  evicted = evict(kind, name, holder, capacity)
end
local last = tonumber(redis.call('GET', P .. ':t') or '0')
local token = text(math.max(us, last + 1, tonumber(ARGV[2])))
redis.call('SET', P .. ':t', token)
put(kind, name, holder, token, ttl, blob, ttl)
for _, entry in ipairs(evicted) do tell('lost', kind, name, entry) end
if isFirst then tell('first', kind, name, { token = token, blob = blob }) end
local answer = { token, isFirst and 1 or 0, told }
for _, entry in ipairs(evicted) do
  answer[#answer + 1] = entry.token
  answer[#answer + 1] = entry.blob
end
return answer
`

/** skew, by another node or by its own, then kind, name, holder, token each → [told, last …] */
const RELEASE = `${PRELUDE}
local answer = { 0 }
for i = 3, #ARGV, 4 do
  local kind, name, holder, token = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local value = redis.call('HGET', hash(kind, name), holder)
  local entry = value and parse(value)
  local isLast = 0
  if ARGV[2] == 'other' then bury(kind, name, { holder = holder, token = token }) end
  if entry and entry.token == token then
    if drop(kind, name, holder) then isLast = 1 end
    if ARGV[2] == 'other' then tell('gone', kind, name, entry) end
    if isLast == 1 then tell('last', kind, name, entry) end
  end
  answer[#answer + 1] = isLast
end
answer[1] = told
return answer
`

/** skew, then kind, name, holder, token, extend or keep each → the places, from 0, of those that are not there */
const RENEW = `${PRELUDE}
local missing = {}
for i = 2, #ARGV, 5 do
  local kind, name, holder = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local value = redis.call('HGET', hash(kind, name), holder)
  local entry = value and parse(value)
  if not entry or entry.token ~= ARGV[i + 3] then
    missing[#missing + 1] = (i - 2) / 5
  elseif ARGV[i + 4] == 'extend' then
    redis.call('ZADD', P .. ':x', text(now + entry.ttl), id(kind, name, holder))
  end
end
return missing
`

/** skew, then kind, name, holder, token, ttl, what is left of it, capacity, evict or refuse, blob each → [told, held or lost …] */
const RESTORE = `${PRELUDE}
local answer = { 0 }
for i = 2, #ARGV, 9 do
  local kind, name, holder, token, blob = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 8]
  local ttl, left, capacity = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]), tonumber(ARGV[i + 6])
  local value = redis.call('HGET', hash(kind, name), holder)
  local isFirst = redis.call('EXISTS', hash(kind, name)) == 0
  local isHeld = redis.call('EXISTS', grave(kind, name, holder, token)) == 0
  if value and tonumber(parse(value).token) > tonumber(token) then isHeld = false end
  local evicted = {}
  if isHeld and isFull(kind, name, holder, capacity) then
    local oldest = entries(kind, name)[1]
    if ARGV[i + 7] == 'evict' and tonumber(oldest.token) < tonumber(token) then
      evicted = evict(kind, name, holder, capacity)
    else
      isHeld = false
    end
  end
  if isHeld then
    put(kind, name, holder, token, ttl, blob, left)
    local last = tonumber(redis.call('GET', P .. ':t') or '0')
    if tonumber(token) > last then redis.call('SET', P .. ':t', token) end
    for _, entry in ipairs(evicted) do tell('lost', kind, name, entry) end
    if isFirst then tell('first', kind, name, { token = token, blob = blob }) end
  end
  answer[#answer + 1] = isHeld and 1 or 0
end
answer[1] = told
return answer
`

/** skew, how many at most → [how many expired, told] */
const REAP = `${PRELUDE}
local before = tonumber(redis.call('GET', P .. ':r') or '0')
redis.call('SET', P .. ':r', text(now))
if now - before > ${PAUSE} then redis.call('SET', P .. ':g', text(now + ${RETURN_TIME})) end
if now < tonumber(redis.call('GET', P .. ':g') or '0') then return { 0, 0 } end
local ids = redis.call('ZRANGEBYSCORE', P .. ':x', '-inf', text(now), 'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(ids) do
  local kind, name, holder = string.match(member, '^(%S+) (%S+) (.*)$')
  local value = redis.call('HGET', hash(kind, name), holder)
  local isLast = drop(kind, name, holder)
  if value then
    local entry = parse(value)
    tell('lost', kind, name, entry)
    if isLast then tell('last', kind, name, entry) end
  end
end
return { #ids, told }
`

/** skew, kind, name → [token, blob …], oldest first */
const HOLDERS = `${PRELUDE}
local answer = {}
for _, entry in ipairs(entries(ARGV[2], ARGV[3])) do
  answer[#answer + 1] = entry.token
  answer[#answer + 1] = entry.blob
end
return answer
`

/** skew, kind, after (as ZRANGEBYLEX has it), limit → [name, token, blob …] */
const LIST = `${PRELUDE}
local answer = {}
local names = redis.call('ZRANGEBYLEX', P .. ':i:' .. ARGV[2], ARGV[3], '+', 'LIMIT', 0, tonumber(ARGV[4]))
for _, name in ipairs(names) do
  local oldest = entries(ARGV[2], name)[1]
  if oldest then
    answer[#answer + 1] = name
    answer[#answer + 1] = oldest.token
    answer[#answer + 1] = oldest.blob
  end
end
return answer
`

export const LEASE_SCRIPTS = {
  parleyTake: TAKE,
  parleyRelease: RELEASE,
  parleyRenew: RENEW,
  parleyRestore: RESTORE,
  parleyReap: REAP,
  parleyHolders: HOLDERS,
  parleyList: LIST,
} as const

export type LeaseScript = keyof typeof LEASE_SCRIPTS
