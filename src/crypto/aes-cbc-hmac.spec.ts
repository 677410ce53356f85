import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decrypt, encrypt, TAG_BYTES } from './aes-cbc-hmac.js';

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'invalid';
}
interface VectorFile {
  readonly testGroups: readonly { readonly keySize: number; readonly tests: readonly Vector[] }[];
}

const hex = (text: string) => Buffer.from(text, 'hex');

/** https://github.com/C2SP/wycheproof, testvectors_v1 */
function vectorsOf(name: string, keySize: number): readonly Vector[] {
  const text = readFileSync(
    join(import.meta.dirname, `../../test/fixtures/wycheproof/${name}_test.json`),
    'utf8',
  );
  const { testGroups } = JSON.parse(text) as VectorFile;
  return testGroups.filter((group) => group.keySize === keySize).flatMap((group) => group.tests);
}

describe('A256CBC-HS512, by Wycheproof', () => {
  const vectors = vectorsOf('a256cbc_hs512', 512);
  const valid = vectors.filter(({ result }) => result === 'valid');
  const invalid = vectors.filter(({ result }) => result === 'invalid');

  it.each(valid)('seals and opens vector $tcId $comment', ({ key, iv, aad, msg, ct, tag }) => {
    const sealed = encrypt(hex(key), hex(iv), hex(aad), hex(msg));
    expect([sealed.ciphertext.toString('hex'), sealed.tag.toString('hex')]).toEqual([ct, tag]);
    expect(decrypt(hex(key), hex(iv), hex(aad), sealed)?.toString('hex')).toBe(msg);
  });

  it.each(invalid)('refuses vector $tcId $comment', ({ key, iv, aad, ct, tag }) => {
    expect(decrypt(hex(key), hex(iv), hex(aad), { ciphertext: hex(ct), tag: hex(tag) })).toBeNull();
  });
});

describe('AES-256-CBC under a right tag, by Wycheproof', () => {
  const vectors = vectorsOf('aes_cbc_pkcs5', 256);
  const macKey = Buffer.alloc(32, 7);

  it.each(vectors)('takes vector $tcId $comment for $result', ({ key, iv, msg, ct, result }) => {
    // With no associated data, its length is eight zero bytes.
    const mac = createHmac('sha512', macKey)
      .update(iv, 'hex')
      .update(ct, 'hex')
      .update(Buffer.alloc(8))
      .digest();
    const sealed = { ciphertext: hex(ct), tag: mac.subarray(0, TAG_BYTES) };
    const opened = decrypt(Buffer.concat([macKey, hex(key)]), hex(iv), Buffer.alloc(0), sealed);
    expect(opened?.toString('hex') ?? null).toBe(result === 'valid' ? msg : null);
  });
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
