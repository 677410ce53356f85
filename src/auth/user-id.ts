/**
 * What a token's `sub` may be: 1 to 255 characters, none of them a control, format or line-breaking one. It is stored,
 * logged and bound to ciphertext as it is: no normalising, no trimming.
 */
const USER_ID = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,255}$/u;

export function isUserId(value: unknown): value is string {
  return typeof value === 'string' && USER_ID.test(value);
}
