import { type Script, script } from '@supercontext/runtime/redis/script.ts';

/** The longest a job is lent or put off. */
export const LONGEST_MS = 24 * 3_600_000;

/**
 * How the jobs of one partition are kept. KEYS[1] is a stream with an entry for each job there is, whose consumer group holds
 * those that are lent (consumer `lent`) or put off (`delayed`): how long Redis takes an entry for idle is set so that it has been
 * idle for LONGEST_MS when the lease or the delay is over. KEYS[2] is a hash of what each job is at: `j <id>` has its entry, its
 * attempts, its token ('-' while it waits, '!' when it was given up), its group and a reason; `c <group>` and `c` count all jobs,
 * those lent and those given up. Every value there begins with a checksum; what does not hold is an error that begins with DAMAGED.
 */
const SHARED = `
  local stream, state = KEYS[1], KEYS[2]
  local longest = ${LONGEST_MS}
  local function seal(field, text) return string.sub(redis.sha1hex(field .. ' ' .. text), 1, 8) .. text end
  local function opened(field, kept)
    local text = string.sub(kept, 9)
    if seal(field, text) ~= kept then error(redis.error_reply('DAMAGED state of jobs')) end
    return cjson.decode(text)
  end
  local function get(field)
    local kept = redis.call('HGET', state, field)
    return kept and opened(field, kept)
  end
  local function put(field, value) redis.call('HSET', state, field, seal(field, cjson.encode(value))) end
  local function count(group, all, lent, dead)
    for _, field in ipairs({'c', 'c ' .. group}) do
      local before = get(field) or {0, 0, 0}
      local now = {before[1] + all, before[2] + lent, before[3] + dead}
      if now[1] == 0 then redis.call('HDEL', state, field) else put(field, now) end
    end
  end
  local function remove(entry)
    redis.call('XACK', stream, 'workers', entry)
    redis.call('XDEL', stream, entry)
  end
  local function hold(entry, consumer, forMs)
    redis.call('XCLAIM', stream, 'workers', consumer, 0, entry, 'IDLE', string.format('%.0f', longest - forMs), 'JUSTID')
  end
`;

const define = (text: string): Script => script(SHARED + text);

/** ARGV: id, group and sealed job of each. How many were new. */
export const ENQUEUE = define(`
  if redis.call('EXISTS', stream) == 0 then
    redis.call('DEL', state)
    redis.call('XGROUP', 'CREATE', stream, 'workers', '0', 'MKSTREAM')
  end
  local added, groups = 0, {}
  for at = 1, #ARGV, 3 do
    local id, group = ARGV[at], ARGV[at + 1]
    if not get('j ' .. id) then
      local entry = redis.call('XADD', stream, '*', 'id', id, 'job', ARGV[at + 2])
      put('j ' .. id, {entry, 0, '-', group, ''})
      groups[group] = (groups[group] or 0) + 1
      added = added + 1
    end
  end
  for group, number in pairs(groups) do count(group, number, 0, 0) end
  return added
`);

/** ARGV: how many, for how long, token, most attempts. Of each lent: id, sealed job, attempt. What this token holds is not lent again. */
export const LEASE = define(`
  local leases = {}
  if redis.call('EXISTS', stream) == 0 then return leases end
  local most, leaseMs, token, attempts = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
  local function lend(entry, fields)
    local id, sealed = fields[2], fields[4]
    local job = id and get('j ' .. id)
    if not job or job[1] ~= entry then return remove(entry) end
    if job[3] == token then return hold(entry, 'lent', leaseMs) end
    local wasLent = job[3] ~= '-'
    if wasLent and job[2] >= attempts then
      redis.call('XACK', stream, 'workers', entry)
      put('j ' .. id, {entry, job[2], '!', job[4], job[5] == '' and 'its lease ran out' or job[5]})
      return count(job[4], 0, -1, 1)
    end
    hold(entry, 'lent', leaseMs)
    put('j ' .. id, {entry, job[2] + 1, token, job[4], job[5]})
    if not wasLent then count(job[4], 0, 1, 0) end
    leases[#leases + 1] = {id, sealed, job[2] + 1}
  end
  local cursor = '0-0'
  repeat
    local due = redis.call('XAUTOCLAIM', stream, 'workers', 'lent', longest, cursor, 'COUNT', most - #leases)
    cursor = due[1]
    for _, entry in ipairs(due[2]) do lend(entry[1], entry[2]) end
  until cursor == '0-0' or #leases >= most
  if #leases < most then
    local fresh = redis.call('XREADGROUP', 'GROUP', 'workers', 'lent', 'COUNT', most - #leases, 'STREAMS', stream, '>')
    if fresh then
      for _, entry in ipairs(fresh[1][2]) do lend(entry[1], entry[2]) end
    end
  end
  return leases
`);

/** ARGV: for how long; then id and token of each lease. 1 for each that still holds. */
export const EXTEND = define(`
  local held = {}
  for at = 2, #ARGV, 2 do
    local job = get('j ' .. ARGV[at])
    local isHeld = job and job[3] == ARGV[at + 1]
    if isHeld then hold(job[1], 'lent', tonumber(ARGV[1])) end
    held[#held + 1] = isHeld and 1 or 0
  end
  return held
`);

/** ARGV: id and token of each lease. 1 for each that still held. */
export const ACK = define(`
  local done = {}
  for at = 1, #ARGV, 2 do
    local job = get('j ' .. ARGV[at])
    local isHeld = job and job[3] == ARGV[at + 1]
    if isHeld then
      remove(job[1])
      redis.call('HDEL', state, 'j ' .. ARGV[at])
      count(job[4], -1, -1, 0)
    end
    done[#done + 1] = isHeld and 1 or 0
  end
  return done
`);

/** ARGV: delay, reason, attempts not to be counted, most attempts; then id and token of each lease. */
export const NACK = define(`
  local delayMs, reason, undone, attempts = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
  for at = 5, #ARGV, 2 do
    local job = get('j ' .. ARGV[at])
    if job and job[3] == ARGV[at + 1] then
      local isDead = job[2] - undone >= attempts
      if isDead then redis.call('XACK', stream, 'workers', job[1]) else hold(job[1], 'delayed', delayMs) end
      put('j ' .. ARGV[at], {job[1], job[2] - undone, isDead and '!' or '-', job[4], reason})
      count(job[4], 0, -1, isDead and 1 or 0)
    end
  end
  return 1
`);

/** Removes jobs: of the group ARGV[1], or, where ARGV[2] is '!', all that were given up. How many there were. */
export const REMOVE = define(`
  local kept, removed = redis.call('HGETALL', state), 0
  for at = 1, #kept, 2 do
    local field = kept[at]
    if string.sub(field, 1, 2) == 'j ' then
      local job = opened(field, kept[at + 1])
      if ARGV[2] == '!' and job[3] == '!' or ARGV[2] ~= '!' and job[4] == ARGV[1] then
        remove(job[1])
        redis.call('HDEL', state, field)
        count(job[4], -1, (job[3] ~= '-' and job[3] ~= '!') and -1 or 0, job[3] == '!' and -1 or 0)
        removed = removed + 1
      end
    end
  end
  return removed
`);

/** Removes the job ARGV[1], whatever it is at. */
export const DROP = define(`
  local job = get('j ' .. ARGV[1])
  if not job then return 0 end
  remove(job[1])
  redis.call('HDEL', state, 'j ' .. ARGV[1])
  count(job[4], -1, (job[3] ~= '-' and job[3] ~= '!') and -1 or 0, job[3] == '!' and -1 or 0)
  return 1
`);

/** How many jobs there are of the group ARGV[1], or, without one, in all; how many of them are lent, and how many given up. */
export const COUNT = define(`
  local counts = get(ARGV[1] and 'c ' .. ARGV[1] or 'c') or {0, 0, 0}
  if not ARGV[1] and counts[1] ~= redis.call('XLEN', stream) then error(redis.error_reply('DAMAGED number of jobs')) end
  return counts
`);
