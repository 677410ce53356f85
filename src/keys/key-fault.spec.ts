import { createSecretKey } from 'node:crypto';
import { Secret } from '../common/secret.js';
import { Keyring } from '../crypto/keyring.js';
import { contextOfKey } from '../crypto/seal-context.js';
import { Vault } from '../crypto/vault.js';
import { digestOf, findFault } from './key-fault.js';

const vaultOf = (byte: string): Vault =>
  new Vault(new Keyring(createSecretKey(byte.repeat(31) + '00', 'hex')));
const vault = vaultOf('01');
const endpoint = { name: 'home', baseUrl: 'https://api.example/v1' };
const place = {
  userId: 'alice',
  provider: 'OPENAI',
  id: '0197f3a2-7c1e-7d3a-9b1e-2f6f3d1c0a11',
  endpoint: null,
};
const envelope = vault.seal(Secret.fromText('a-key-of-alice'), contextOfKey(place));

describe('findFault', () => {
  it('finds no fault in an untried record of a known encryption key', () => {
    expect(
      findFault({ ...place, sealedKey: { envelope, damagedDigest: null, isRetired: false } }, vault),
    ).toBeNull();
  });

  it.each([
    ['a record that is gone', null, 'CIPHERTEXT_GONE'],
    [
      'one that did not open',
      { envelope, damagedDigest: digestOf(place, envelope), isRetired: false },
      'DAMAGED',
    ],
    ['what is no envelope', { envelope: 'plaintext', damagedDigest: null, isRetired: false }, 'DAMAGED'],
  ])('reports %s', (_, sealedKey, fault) => {
    expect(findFault({ ...place, sealedKey }, vault)).toBe(fault);
  });

  it('reports a record whose encryption key is not here', () => {
    const record = { ...place, sealedKey: { envelope, damagedDigest: null, isRetired: false } };
    expect(findFault(record, vaultOf('02'))).toBe('ENCRYPTION_KEY_UNKNOWN');
  });

  it('reports a record whose encryption key was retired, also where it is here', () => {
    const record = { ...place, sealedKey: { envelope, damagedDigest: null, isRetired: true } };
    expect(findFault(record, vault)).toBe('ENCRYPTION_KEY_RETIRED');
  });

  it('tells the addresses of an endpoint apart', () => {
    const moved = { ...endpoint, baseUrl: 'https://elsewhere.example/v1' };
    const damagedDigest = digestOf({ ...place, endpoint: moved }, envelope);
    const sealedKey = { envelope, damagedDigest, isRetired: false };
    expect(findFault({ ...place, endpoint: moved, sealedKey }, vault)).toBe('DAMAGED');
    expect(findFault({ ...place, endpoint, sealedKey }, vault)).toBeNull();
  });

  it.each([
    ['another envelope', digestOf(place, `${envelope}x`)],
    ['another user', digestOf({ ...place, userId: 'bob' }, envelope)],
    ['another provider', digestOf({ ...place, provider: 'GOOGLE' }, envelope)],
    ['another row', digestOf({ ...place, id: 'other' }, envelope)],
    ['an endpoint', digestOf({ ...place, endpoint }, envelope)],
  ])('takes no verdict about %s', (_, damagedDigest) => {
    expect(
      findFault({ ...place, sealedKey: { envelope, damagedDigest, isRetired: false } }, vault),
    ).toBeNull();
  });
});
