import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decrypt, encrypt, TAG_BYTES } from '../../src/crypto/aes-cbc-hmac.js';

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

/** The vectors of https://github.com/C2SP/wycheproof, testvectors_v1. */
function vectorsOf(name: string, keySize: number): readonly Vector[] {
  const text = readFileSync(join(process.env.TEST_VECTORS_DIR!, `${name}_test.json`), 'utf8');
  const { testGroups } = JSON.parse(text) as VectorFile;
  const vectors = testGroups.filter((group) => group.keySize === keySize).flatMap((group) => group.tests);
  if (vectors.length === 0) throw new Error(`${name} has no vectors for keys of ${String(keySize)} bits.`);
  return vectors;
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
