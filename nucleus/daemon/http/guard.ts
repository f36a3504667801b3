import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { isLoopbackHost } from '../../endpoint.js';
import { Refusal } from './answers.js';

/**
 * Lets only those in who mean this server. `Host` must be a loopback name, or one of `hosts`: a foreign name
 * that was made to lead here (DNS rebinding) is refused. A page of another origin is refused, whatever it asks for.
 */
export function checkHostAndOrigin(hosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    const name = hostname(`http://${host}`);
    if (name === undefined || !(isLoopbackHost(name) || allowed.has(name))) {
      throw new Refusal(
        403,
        'PERMISSION_DENIED',
        `Host '${host.slice(0, 100)}' is not a name of this nucleus`,
        'Ask for 127.0.0.1 or localhost, or start the nucleus with the name that it is reached by: atom start --http-host <names>',
      );
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      throw new Refusal(
        403,
        'PERMISSION_DENIED',
        `A page of '${origin.slice(0, 100)}' may not use this nucleus`,
        "Use the nucleus's own page, or a program",
      );
    }
    await next();
  };
}

/** Lets only those in who know the token of the local user's file, as `Authorization: Bearer <token>`. */
export function checkToken(token: string): MiddlewareHandler {
  if (token.length < 16)
    throw new TypeError('The token has less than 16 characters: make it of 32 random hex digits');
  const expected = digest(token);
  return async (context, next) => {
    const given = /^Bearer +(\S+) *$/i.exec(context.req.header('authorization') ?? '')?.[1];
    // Of equal length whatever was given, and compared in constant time: nothing is to be learnt of it.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new Refusal(
        401,
        'UNAUTHENTICATED',
        given === undefined ? 'This needs the token' : 'The token is wrong',
        "Open the address that 'atom status' prints, or send 'Authorization: Bearer' with the token of the nucleus's token file",
      );
    }
    await next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The host's name in lower case, without brackets. */
function hostname(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname: name, pathname, username } = new URL(url);
  return pathname === '/' && username === '' ? name.replace(/^\[|\]$/g, '') : undefined;
}
