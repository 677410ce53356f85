/** How a user's access token begins. */
export const ACCESS_TOKEN_PREFIX = 'ks_';

/** 32 bytes in base64url. */
const RANDOM_PART = /^[\w-]{43}$/;

/** Whether a text has the form of an access token of this server. */
export const isAccessToken = (text: string): boolean =>
  text.startsWith(ACCESS_TOKEN_PREFIX) && RANDOM_PART.test(text.slice(ACCESS_TOKEN_PREFIX.length));
