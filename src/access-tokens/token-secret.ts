import { createHash, randomBytes } from 'node:crypto';
import { ACCESS_TOKEN_PREFIX } from '../auth/access-tokens.js';

const BYTES = 32;

/** 32 bytes in base64url. */
const RANDOM_PART = /^[\w-]{43}$/;

/** 256 random bits. */
export const newToken = (): string => ACCESS_TOKEN_PREFIX + randomBytes(BYTES).toString('base64url');

export const isWellFormed = (token: string): boolean =>
  token.startsWith(ACCESS_TOKEN_PREFIX) && RANDOM_PART.test(token.slice(ACCESS_TOKEN_PREFIX.length));

/** SHA-256, in hexadecimal digits. Nothing slower is needed: nobody guesses 256 random bits. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
