/**
 * Text that people read in lists: no control characters, none that turn the direction of what follows, and no halves of
 * characters, which no database stores.
 */
export const READABLE_TEXT = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;
