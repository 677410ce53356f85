import { createHash, randomBytes } from 'node:crypto';
import { ACCESS_TOKEN_PREFIX } from '../common/access-token.js';

const BYTES = 32;

/** 256 random bits. */
export const newToken = (): string => ACCESS_TOKEN_PREFIX + randomBytes(BYTES).toString('base64url');

/** SHA-256, in hexadecimal digits. Nothing slower is needed: nobody guesses 256 random bits. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
