import { script } from './lua-scripts.js';

/** Now, by Redis' own clock, ms. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Enters a session unless a limit forbids it. What other gateways hold counts while they live: each has a hash of
 * sessions and one of counts, which expire together, and its name in the sorted set of gateways by then.
 *
 * KEYS gateways, sessions, counts; ARGV what keys of counts begin with, our name, life in ms, id, session, then for each
 * subject its key and its limit (empty for none). Answers the number of the first subject that is full, or 0.
 */
export const ENTER = script(
  3,
  `${NOW}local life = tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local gateways = redis.call('ZRANGE', KEYS[1], 0, -1)
for i = 6, #ARGV, 2 do
  local limit = tonumber(ARGV[i + 1])
  if limit then
    local count = 0
    for _, gateway in ipairs(gateways) do
      count = count + tonumber(redis.call('HGET', ARGV[1] .. gateway, ARGV[i]) or 0)
    end
    if count >= limit then return (i - 4) / 2 end
  end
end
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
for i = 6, #ARGV, 2 do redis.call('HINCRBY', KEYS[3], ARGV[i], 1) end
redis.call('PEXPIRE', KEYS[2], life)
redis.call('PEXPIRE', KEYS[3], life)
redis.call('ZADD', KEYS[1], now + life, ARGV[2])
redis.call('PEXPIRE', KEYS[1], life)
return 0`,
);

/** Takes a session out. KEYS sessions, counts; ARGV id, then the key of each subject. */
export const LEAVE = script(
  2,
  `if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return end
for i = 2, #ARGV do
  if redis.call('HINCRBY', KEYS[2], ARGV[i], -1) <= 0 then redis.call('HDEL', KEYS[2], ARGV[i]) end
end`,
);

/**
 * Keeps a gateway's sessions for another while, and writes those that have changed. Answers 0 where they are gone.
 *
 * KEYS gateways, sessions, counts; ARGV our name, life in ms, then for each session its id and itself.
 */
export const KEEP = script(
  3,
  `if redis.call('PEXPIRE', KEYS[2], ARGV[2]) == 0 then return 0 end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
${NOW}redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i = 3, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1 then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
return 1`,
);
