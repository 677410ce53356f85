import { createSecretKey, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { flattenedDecrypt } from 'jose';
import { Secret } from '../common/secret.js';
import type { SealedEnvelope } from './envelope.js';
import { EnvelopeError } from './envelope-error.js';
import { Keyring } from './keyring.js';
import { contextOfKey, type SealContext } from './seal-context.js';
import { Vault } from './vault.js';
import { failureOf } from '../../test/support/envelope-failure.js';

const KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const OTHER_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const PLAINTEXT = 'sk-test-0123456789';

const keyOf = (hex: string) => createSecretKey(hex, 'hex');
const vaultOf = (current: string, ...previous: string[]) =>
  new Vault(new Keyring(keyOf(current), previous.map(keyOf)));

const context = {
  purpose: 'api-key',
  userId: 'alice',
  provider: 'OPENAI',
  keyId: '0197f3a2-7c1e-7d3a-9b1e-2f6f3d1c0a11',
} as const satisfies SealContext;

const vault = vaultOf(KEY);
const seal = (text = PLAINTEXT) => vault.seal(Secret.fromText(text), context);

describe('Vault', () => {
  it.each(['', 'a', PLAINTEXT, 'schlüssel 🔑', 'x'.repeat(4096)])('opens what it sealed: %s', (text) => {
    expect(vault.open(seal(text), context).reveal()).toBe(text);
  });

  it('seals the same secret differently each time', () => {
    const parts = [seal(), seal()].map((envelope) => envelope.split('.').slice(2));
    for (const [index, part] of (parts[0] ?? []).entries()) expect(parts[1]?.[index]).not.toBe(part);
  });

  it('leaves the secret to the caller', () => {
    const secret = Secret.fromText(PLAINTEXT);
    vault.seal(secret, context);
    expect(secret.reveal()).toBe(PLAINTEXT);
  });

  it('writes version, key id and base64url only', () => {
    expect(seal()).toMatch(/^v1\.[\w-]{11}\.[\w-]{43}\.[\w-]{22}\.[\w-]{43}\.[\w-]{43}$/);
    expect(vault.keyIdOf(seal())).toBe(vault.currentKeyId);
  });

  it('names a key by an id that depends on the key alone', () => {
    expect(vaultOf(KEY).currentKeyId).toBe(vault.currentKeyId);
    expect(vaultOf(OTHER_KEY).currentKeyId).not.toBe(vault.currentKeyId);
    expect(Buffer.from(KEY, 'hex').toString('base64url')).not.toContain(vault.currentKeyId);
  });

  it('opens with a previous key and seals with the current one', () => {
    const rotated = vaultOf(OTHER_KEY, KEY);
    expect(rotated.open(seal(), context).reveal()).toBe(PLAINTEXT);
    expect(rotated.keyIdOf(rotated.seal(Secret.fromText('x'), context))).toBe(rotated.currentKeyId);
    expect(rotated.hasKey(vault.currentKeyId)).toBe(true);
    expect(vaultOf(OTHER_KEY).hasKey(vault.currentKeyId)).toBe(false);
  });

  it('seals anew with the current key what a previous one sealed, for the same place alone', () => {
    const rotated = vaultOf(OTHER_KEY, KEY);
    const resealed = rotated.reseal(seal(), context);
    expect(vaultOf(OTHER_KEY).open(resealed, context).reveal()).toBe(PLAINTEXT);
    expect(() => rotated.reseal(seal(), { ...context, userId: 'bob' })).toThrow(EnvelopeError);
    expect(() => vaultOf(OTHER_KEY).reseal(seal(), context)).toThrow(EnvelopeError);
  });

  it('opens nothing any more that a retired key sealed, but keeps the current one', () => {
    const rotated = vaultOf(OTHER_KEY, KEY);
    const current = rotated.seal(Secret.fromText(PLAINTEXT), context);
    expect(rotated.previousKeyIds).toEqual([vault.currentKeyId]);
    rotated.retire([vault.currentKeyId, rotated.currentKeyId]);
    expect(rotated.previousKeyIds).toEqual([]);
    expect(rotated.hasKey(vault.currentKeyId)).toBe(false);
    expect(() => rotated.open(seal(), context)).toThrow(EnvelopeError);
    expect(rotated.open(current, context).reveal()).toBe(PLAINTEXT);
  });

  it('lets the compiler refuse to mix up plaintext and ciphertext', () => {
    type Fits<Value, Place> = [Value] extends [Place] ? true : false;
    const fits: [
      Fits<Secret, Parameters<Vault['open']>[0]>,
      Fits<SealedEnvelope, Parameters<Vault['seal']>[0]>,
      Fits<string, SealedEnvelope>,
      Fits<SealedEnvelope, string>,
    ] = [false, false, false, true];
    expect(fits).toHaveLength(4);
  });

  it('overwrites the working key and the plaintext, also when a record does not open', () => {
    const envelope = seal();
    const fill = jest.spyOn(Buffer.prototype, 'fill');
    const overwritten = (act: () => unknown) => {
      fill.mockClear();
      act();
      const buffers = fill.mock.contexts as Buffer[];
      expect(buffers.every((buffer) => buffer.every((byte) => byte === 0))).toBe(true);
      return buffers.map(({ length }) => length);
    };
    try {
      expect(overwritten(() => vault.seal(Secret.fromText(PLAINTEXT), context))).toEqual([64]);
      // OpenSSL hands the plaintext out in two pieces, which become one.
      expect(overwritten(() => vault.open(envelope, context))).toEqual([16, 2, 64, PLAINTEXT.length]);
      const elsewhere = { ...context, userId: 'bob' };
      expect(overwritten(() => failureOf(() => vault.open(envelope, elsewhere)))).toEqual([64]);
    } finally {
      fill.mockRestore();
    }
  });
});

describe('an independent reader', () => {
  it('opens the same record as a JWE with direct encryption', async () => {
    const [version, keyId, salt = '', iv = '', ciphertext = '', tag = ''] = seal().split('.');
    const info = 'keystream/v1/api-key';
    const key = hkdfSync('sha512', Buffer.from(KEY, 'hex'), Buffer.from(salt, 'base64url'), info, 64);
    const bound = [version, keyId, salt, 'api-key', context.userId, context.provider, context.keyId];
    const { plaintext } = await flattenedDecrypt(
      {
        protected: Buffer.from('{"alg":"dir","enc":"A256CBC-HS512"}').toString('base64url'),
        aad: Buffer.from(JSON.stringify(bound)).toString('base64url'),
        iv,
        ciphertext,
        tag,
      },
      new Uint8Array(key),
    );
    expect(Buffer.from(plaintext).toString()).toBe(PLAINTEXT);
  });
});

describe('envelope v1', () => {
  interface Frozen {
    readonly encryptionKey: string;
    readonly records: readonly { context: SealContext; plaintext: string; envelope: string }[];
  }
  const path = join(import.meta.dirname, '../../test/fixtures/envelope-v1.json');
  const frozen = JSON.parse(readFileSync(path, 'utf8')) as Frozen;

  it.each(frozen.records)('opens for ever: $context.purpose', (record) => {
    const opened = vaultOf(frozen.encryptionKey).open(record.envelope, record.context);
    expect(opened.reveal()).toBe(record.plaintext);
  });
});

describe('the key of an endpoint', () => {
  const place = {
    userId: 'alice',
    provider: 'CUSTOM',
    id: '0197f3a2-7c1e-7d3a-9b1e-2f6f3d1c0a11',
    endpoint: { name: 'home', baseUrl: 'https://api.example/v1' },
  };
  const envelope = vault.seal(Secret.fromText(PLAINTEXT), contextOfKey(place));

  it('opens where it was sealed', () => {
    expect(vault.open(envelope, contextOfKey(place)).reveal()).toBe(PLAINTEXT);
  });

  it.each([
    ['at another address', { ...place, endpoint: { name: 'home', baseUrl: 'https://api.example/v2' } }],
    ['under another name', { ...place, endpoint: { name: 'work', baseUrl: 'https://api.example/v1' } }],
    ['with both in each other', { ...place, endpoint: { name: 'https://api.example/v1', baseUrl: 'home' } }],
    ["as a provider's key", { ...place, endpoint: null }],
    ["as another user's", { ...place, userId: 'bob' }],
  ])('does not open %s', (_, other) => {
    expect(() => vault.open(envelope, contextOfKey(other))).toThrow(EnvelopeError);
  });
});

describe('an envelope that does not open', () => {
  const expected = failureOf(() => vault.open('not an envelope', context));

  it('fails with an error that says nothing', () => {
    expect(expected).toMatchObject({
      message: 'The envelope does not open.',
      cause: undefined,
      own: ['name'],
    });
  });

  const envelope = seal();
  const replaced = (index: number, part: string) => envelope.split('.').with(index, part).join('.');
  const [, keyId = '', salt = '', , ciphertext = '', tag = ''] = envelope.split('.');

  it.each([
    ['bare plaintext', PLAINTEXT],
    ['nothing', ''],
    ['an unknown version', replaced(0, 'v2')],
    ['a version written otherwise', replaced(0, 'V1')],
    ['the id of another key', replaced(1, vaultOf(OTHER_KEY).currentKeyId)],
    ['no key id', replaced(1, '')],
    ['no tag', replaced(5, '')],
    ['a part too few', envelope.split('.').slice(0, 5).join('.')],
    ['a part too many', `${envelope}.AAAA`],
    ['a cut tag', replaced(5, tag.slice(0, 22))],
    ['a cut ciphertext', replaced(4, ciphertext.slice(0, 22))],
    ['a ciphertext of no whole blocks', replaced(4, ciphertext.slice(0, 40))],
    ['no ciphertext', replaced(4, '')],
    ['a short salt', replaced(2, salt.slice(0, 40))],
    ['padding characters', `${envelope}=`],
    ['spaces around it', ` ${envelope}\n`],
    ['the other base64 alphabet', replaced(1, `+/${keyId.slice(2)}`)],
    ["the tag of another secret's record", replaced(5, seal('another secret').split('.')[5] ?? '')],
  ])('cannot be distinguished from any other: %s', (_, text) => {
    expect(failureOf(() => vault.open(text, context))).toEqual(expected);
  });

  it('cannot be distinguished from any other: sealed with another key, known or not', () => {
    const foreign = vaultOf(OTHER_KEY).seal(Secret.fromText(PLAINTEXT), context);
    const renamed = foreign.split('.').with(1, vault.currentKeyId).join('.');
    expect(failureOf(() => vault.open(foreign, context))).toEqual(expected);
    expect(failureOf(() => vault.open(renamed, context))).toEqual(expected);
  });

  it.each<[string, SealContext]>([
    ['another user', { ...context, userId: 'bob' }],
    ['another provider', { ...context, provider: 'ANTHROPIC' }],
    ['another row', { ...context, keyId: '0197f3a2-7c1e-7d3a-9b1e-2f6f3d1c0a12' }],
    ['the fields swapped', { ...context, userId: context.provider, provider: context.userId }],
    ['the fields shifted', { ...context, userId: 'alice","OPENAI', provider: '' }],
    ['another purpose', { purpose: 'canary', environmentName: 'alice' }],
  ])('cannot be distinguished from any other: %s', (_, elsewhere) => {
    expect(failureOf(() => vault.open(envelope, elsewhere))).toEqual(expected);
  });

  it('cannot be distinguished from any other: any bit of any character changed', () => {
    const characters = Buffer.from(envelope, 'latin1');
    for (let bit = 0; bit < characters.length * 8; bit++) {
      const changed = Buffer.from(characters);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(failureOf(() => vault.open(changed.toString('latin1'), context))).toEqual(expected);
    }
  });

  it('cannot be distinguished from any other: any bit of any decoded part changed', () => {
    for (let index = 1; index < 6; index++) {
      const part = Buffer.from(envelope.split('.')[index] ?? '', 'base64url');
      for (let bit = 0; bit < part.length * 8; bit++) {
        const changed = Buffer.from(part);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const text = replaced(index, changed.toString('base64url'));
        expect(failureOf(() => vault.open(text, context))).toEqual(expected);
      }
    }
  });

  it('cannot be distinguished from any other: cut anywhere', () => {
    for (let length = 0; length < envelope.length; length++) {
      expect(failureOf(() => vault.open(envelope.slice(0, length), context))).toEqual(expected);
    }
  });

  it('is refused in other spellings of the same bytes', () => {
    // 8, 32 and 16 bytes leave spare bits in the last character: four or sixteen texts decode to the same bytes.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const [index, part] of envelope.split('.').entries()) {
      if (index === 0) continue;
      for (const last of alphabet) {
        const other = part.slice(0, -1) + last;
        if (other === part) continue;
        expect(failureOf(() => vault.open(replaced(index, other), context))).toEqual(expected);
      }
    }
  });

  it('does not give its key id either when it is no envelope', () => {
    expect(() => vault.keyIdOf(PLAINTEXT)).toThrow(EnvelopeError);
    expect(() => vault.keyIdOf(replaced(0, 'v2'))).toThrow(EnvelopeError);
  });
});
