import { decrypt, encrypt } from './aes-cbc-hmac.js';

const hex = (text: string) => Buffer.from(text, 'hex');

/** https://www.rfc-editor.org/rfc/rfc7518#appendix-B.3 */
describe("RFC 7518's own example of A256CBC-HS512", () => {
  const key = Buffer.from(Array.from({ length: 64 }, (_, index) => index));
  const iv = hex('1af38c2dc2b96ffdd86694092341bc04');
  const associatedData = Buffer.from('The second principle of Auguste Kerckhoffs');
  const plaintext =
    'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy ' +
    'without inconvenience';
  const ciphertext = hex(
    '4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd' +
      '822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b' +
      '36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3' +
      'a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b' +
      'be2638d09dd7a4930930806d0703b1f6',
  );
  const tag = hex('4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5');

  it('is sealed so', () => {
    expect(encrypt(key, iv, associatedData, Buffer.from(plaintext))).toEqual({ ciphertext, tag });
  });

  it('is opened', () => {
    expect(decrypt(key, iv, associatedData, { ciphertext, tag })?.toString()).toBe(plaintext);
  });

  it.each(Array.from({ length: 32 }, (_, index) => index))(
    'is refused with byte %i of its tag changed',
    (index) => {
      const changed = tag.with(index, tag[index]! ^ 1);
      expect(decrypt(key, iv, associatedData, { ciphertext, tag: Buffer.from(changed) })).toBeNull();
    },
  );
});

describe('A256CBC-HS512', () => {
  const key = Buffer.alloc(64, 1);
  const iv = Buffer.alloc(16, 2);
  const sealed = encrypt(key, iv, Buffer.from('aad'), Buffer.from('plaintext'));

  it('covers associated data, IV and key with the tag', () => {
    const other = (buffer: Buffer) => Buffer.from(buffer).fill(9, 0, 1);
    expect(decrypt(key, iv, Buffer.from('aad'), sealed)?.toString()).toBe('plaintext');
    expect(decrypt(key, iv, Buffer.from('baa'), sealed)).toBeNull();
    expect(decrypt(key, other(iv), Buffer.from('aad'), sealed)).toBeNull();
    expect(decrypt(other(key), iv, Buffer.from('aad'), sealed)).toBeNull();
  });

  it.each([0, 31, 33])('refuses a tag of %i bytes', (length) => {
    const tag = Buffer.concat([sealed.tag, sealed.tag]).subarray(0, length);
    expect(decrypt(key, iv, Buffer.from('aad'), { ...sealed, tag })).toBeNull();
  });

  it('does not work with keys and IVs of other lengths', () => {
    expect(() => encrypt(key.subarray(1), iv, iv, iv)).toThrow(RangeError);
    expect(() => decrypt(key, iv.subarray(1), iv, sealed)).toThrow(RangeError);
  });

  it('gives the plaintext in memory of its own, outside the shared pool', () => {
    const opened = decrypt(key, iv, Buffer.from('aad'), sealed);
    expect(opened?.buffer.byteLength).toBe('plaintext'.length);
  });
});
