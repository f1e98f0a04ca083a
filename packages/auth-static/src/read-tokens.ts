import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Credentials, withImpliedRoles } from '@remote-consoles/core';
import { type StaticToken, sha256, TOKEN_TEXT } from './static-auth-config.js';

/**
 * The users by the SHA-256 of their token; tokens in files are read now.
 *
 * @param directory where relative file names start
 * @throws Error naming the file that cannot be read, holds no token, or holds the token of another entry
 */
export async function readTokens(
  tokens: readonly StaticToken[],
  directory: string,
): Promise<ReadonlyMap<string, Credentials>> {
  const users = new Map<string, Credentials>();
  for (const [index, each] of tokens.entries()) {
    const digest = await digestOf(each, directory);
    if (users.has(digest)) throw new Error(`tokens[${index}] is the same token as one before it`);
    users.set(digest, credentialsOf(each));
  }
  return users;
}

function credentialsOf({ user, project, roles }: StaticToken): Credentials {
  return {
    userId: user,
    ...(project !== undefined && { projectId: project }),
    roles: withImpliedRoles(roles),
  };
}

async function digestOf(each: StaticToken, directory: string): Promise<string> {
  if ('tokenSha256' in each) return each.tokenSha256;
  if ('token' in each) return sha256(each.token);
  const file = resolve(directory, each.tokenFile);
  const token = (await read(file)).trim();
  if (!TOKEN_TEXT.test(token)) {
    throw new Error(`${file} must hold one token of 8 to 4096 visible ASCII characters`);
  }
  return sha256(token);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
    throw new Error(`cannot read the token file ${file}: ${code}`, { cause });
  }
}
