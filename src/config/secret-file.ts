import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemErrorCode } from './system-error.js';
import { InvalidValueError, type Variable } from './variable.js';

/** A secret is a line; a list of retired keys is a long one. */
const MAX_BYTES = 64 * 1024;

/** The variable that names a file with the secret in it: every one that holds a secret has one. */
export function fileVariableOf({ name }: Variable<unknown>): Variable<string> {
  return {
    name: `${name}_FILE`,
    meaning: `path of a file that holds ${name}, in its place`,
    default: null,
    parse: readSecretFile,
  };
}

/**
 * The secret in a file, as container platforms mount them: without its last line break, be it LF or CRLF.
 *
 * Its mode is not looked at: such mounts are commonly readable by everybody inside the container.
 *
 * @throws InvalidValueError saying what is wrong with the file, and nothing that stands in it
 */
export function readSecretFile(path: string): string {
  const text = decode(readBytes(path)).replace(/\r?\n$/, '');
  if (text === '') throw new InvalidValueError('names a file that is empty');
  if (text.includes('\r')) {
    throw new InvalidValueError('names a file with carriage returns; write it with LF line ends');
  }
  return text;
}

function readBytes(path: string): Buffer {
  try {
    // What is no file must not keep the start waiting: a pipe without a writer would.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile())
        throw new InvalidValueError('must name a file, not a folder or a device');
      return readUpTo(file, MAX_BYTES);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    throw new InvalidValueError(`names a file that cannot be read (${code})`);
  }
}

/** By reading, for what a file says of its size need not hold. */
function readUpTo(file: number, maxBytes: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(maxBytes + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
  throw new InvalidValueError(`names a file of more than ${maxBytes} bytes`);
}

function decode(bytes: Buffer): string {
  try {
    // What fatal decoding lets pass: UTF-16 without its mark.
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Its words are about the same.
  } finally {
    bytes.fill(0);
  }
  throw new InvalidValueError('names a file that is not UTF-8 text');
}
