/** An id that nobody guesses or makes twice. `crypto.randomUUID` is missing where the page comes over plain HTTP. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
