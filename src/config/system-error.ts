/**
 * The code of an error of the operating system (`ENOENT`); null for any other error. Recognized by its shape: such errors
 * are made in Node's own realm, where `Error` may be another one than here.
 */
export function systemErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
