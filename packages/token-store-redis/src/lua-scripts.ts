import { createHash } from 'node:crypto';

/** A script that Redis runs atomically, and the name by which it remembers it. */
export interface LuaScript {
  readonly text: string;
  readonly sha1: string;
  readonly keys: number;
}

export function script(keys: number, text: string): LuaScript {
  return { text, keys, sha1: createHash('sha1').update(text).digest('hex') };
}

/**
 * Keeps a token: a hash that expires, and its digest in the sorted set of its server, by the time it expires. Times are
 * Redis' own, so that our clocks need not agree with it. HSET comes first: a Redis that is full refuses a script at its
 * first write alone, and would let this one pass after another.
 *
 * KEYS token, server; ARGV authorization, one-time (1 or 0), life in ms, digest
 */
export const PUT = script(
  2,
  `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'authorization', ARGV[1], 'oneTime', ARGV[2])
redis.call('HDEL', KEYS[1], 'session')
redis.call('PEXPIRE', KEYS[1], life)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + life, ARGV[4])
if redis.call('PTTL', KEYS[2]) < life then redis.call('PEXPIRE', KEYS[2], life) end`,
);

/** Uses a token for a session. KEYS token; ARGV session. Answers what became of it, and the authorization. */
export const REDEEM = script(
  1,
  `local token = redis.call('HMGET', KEYS[1], 'authorization', 'oneTime', 'session')
if not token[1] then return {'unknown'} end
if token[2] ~= '1' then return {'opened', token[1]} end
if token[3] == ARGV[1] then return {'joined', token[1]} end
if token[3] then return {'spent'} end
redis.call('HSET', KEYS[1], 'session', ARGV[1])
return {'opened', token[1]}`,
);

/** Gives a one-time token back if that session holds it. KEYS token; ARGV session. */
export const RELEASE = script(
  1,
  `if redis.call('HGET', KEYS[1], 'session') == ARGV[1] then redis.call('HDEL', KEYS[1], 'session') end`,
);

/** Removes a server's tokens and answers how many there were. KEYS server; ARGV what token keys begin with. */
export const REVOKE_SERVER = script(
  1,
  `local count = 0
for _, digest in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  count = count + redis.call('DEL', ARGV[1] .. digest)
end
redis.call('DEL', KEYS[1])
return count`,
);
