/**
 * A value as JSON that every reader takes: a lone surrogate, half of a character that was cut, becomes U+FFFD, as
 * `String.prototype.toWellFormed` has it, in texts and in names of fields alike. `JSON.stringify` writes it as an escape,
 * which APIs refuse (RFC 8259, 8.2).
 */
export function toWellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\ud')) return json;
  return json.replace(/\\(?:(ud[89a-f][\da-f]{2})|[^])/g, (escape, surrogate) =>
    surrogate ? '\ufffd' : escape,
  );
}
