import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { RequestFault } from '../problems.ts';

/** The cookie that a form's hidden field must repeat. */
const COOKIE = 'ztna-form';
/** The hidden field. */
export const FIELD = 'form-token';

/** The token that a form on this page carries; the browser keeps the same in a cookie that no other site can send. */
export function formToken(context: Context): string {
  const known = getCookie(context, COOKIE);
  if (known !== undefined && /^[\w-]{22}$/.test(known)) return known;
  const token = randomBytes(16).toString('base64url');
  setCookie(context, COOKIE, token, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure:
      new URL(context.req.url).protocol === 'https:' || context.req.header('x-forwarded-proto') === 'https',
  });
  return token;
}

/** Refuses a form that was not made for this browser. @throws RequestFault */
export function verifyForm(context: Context, field: unknown): void {
  const known = Buffer.from(getCookie(context, COOKIE) ?? '');
  const given = Buffer.from(typeof field === 'string' ? field : '');
  if (known.length === 0 || known.length !== given.length || !timingSafeEqual(known, given))
    throw new RequestFault(
      403,
      'the form is too old, or was made for another browser',
      'load the page again',
    );
}
