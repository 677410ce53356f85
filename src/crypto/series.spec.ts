import { createDecipheriv, createHash, createSecretKey, hkdfSync } from 'node:crypto';
import { EnvelopeError } from './envelope-error.js';
import { Keyring } from './keyring.js';
import type { SeriesContext } from './seal-context.js';
import { Vault } from './vault.js';
import { failureOf } from '../../test/support/envelope-failure.js';

const KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const OTHER_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const TEXT = '[["TextDelta",7,["schlüssel 🔑"]]]';

const keyOf = (hex: string) => createSecretKey(hex, 'hex');
const vaultOf = (current: string, ...previous: string[]) =>
  new Vault(new Keyring(keyOf(current), previous.map(keyOf)));

const context = { purpose: 'chat-events', userId: 'alice', chatId: 'chat' } as const satisfies SeriesContext;
const vault = vaultOf(KEY);
const open = (envelope: string, seq = 7, place: SeriesContext = context) =>
  vault.openerFor(place).open(envelope, seq);

describe('a series of records', () => {
  it('opens what was sealed, in any order', () => {
    const sealer = vault.sealerFor(context);
    const texts = ['', 'a', TEXT, 'x'.repeat(4096)];
    const records = texts.map((text, seq) => sealer.seal(text, seq));
    const opener = vault.openerFor(context);
    for (const seq of [3, 0, 2, 1]) expect(opener.open(records[seq]!, seq)).toBe(texts[seq]);
  });

  it('opens what several sealers sealed for one place', () => {
    const records = [1, 2, 3].map((seq) => vault.sealerFor(context).seal(String(seq), seq));
    const opener = vault.openerFor(context);
    expect(records.map((record, index) => opener.open(record, index + 1))).toEqual(['1', '2', '3']);
  });

  it('opens with a previous key, and seals with the current one', () => {
    const record = vault.sealerFor(context).seal(TEXT, 7);
    expect(vaultOf(OTHER_KEY, KEY).openerFor(context).open(record, 7)).toBe(TEXT);
    expect(() => vaultOf(OTHER_KEY).openerFor(context).open(record, 7)).toThrow(EnvelopeError);
  });

  it('never uses a nonce twice under one key, also where the same is sealed again', () => {
    const sealers = [vault.sealerFor(context), vault.sealerFor(context)];
    const records = sealers.flatMap((sealer) => [
      sealer.seal(TEXT, 7),
      sealer.seal(TEXT, 7),
      sealer.seal(TEXT, 7),
    ]);
    const used = records.map((record) => record.split('.').slice(0, 4).join('.'));
    expect(new Set(used).size).toBe(records.length);
    expect(new Set(records.map((record) => record.split('.')[4])).size).toBe(records.length);
  });

  it('is AES-256-GCM under a key of HKDF-SHA-512, as an independent reader has it', () => {
    const sealer = vault.sealerFor(context);
    sealer.seal('one', 1);
    const record = sealer.seal(TEXT, 7);
    expect(record).toMatch(/^v2\.[\w-]{11}\.[\w-]{43}\.2\.[\w-]+$/);
    const [version, keyId, salt = '', count, sealed = ''] = record.split('.');
    const place = createHash('sha256').update('["alice","chat"]').digest('base64url');
    const info = `keystream/v2/chat-events/${place}`;
    const key = hkdfSync('sha512', Buffer.from(KEY, 'hex'), Buffer.from(salt, 'base64url'), info, 32);
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(key),
      Buffer.from('000000000000000000000002', 'hex'),
    );
    const bytes = Buffer.from(sealed, 'base64url');
    decipher.setAAD(Buffer.from([version, keyId, salt, count, '7'].join('.')));
    decipher.setAuthTag(bytes.subarray(-16));
    expect(decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(TEXT);
  });
});

describe('a record of a series that does not open', () => {
  const sealer = vault.sealerFor(context);
  sealer.seal(TEXT, 6);
  const record = sealer.seal(TEXT, 7);
  const replaced = (index: number, part: string) => record.split('.').with(index, part).join('.');
  const expected = failureOf(() => open('not a record'));

  it('fails with an error that says nothing', () => {
    expect(expected).toMatchObject({
      message: 'The envelope does not open.',
      cause: undefined,
      own: ['name'],
    });
  });

  it.each([
    ['nothing', ''],
    ['bare plaintext', TEXT],
    ['an unknown version', replaced(0, 'v3')],
    [
      'a record of its own',
      vault.sealText(TEXT, { purpose: 'chat-record', runKey: 'alice', chatId: 'chat' }),
    ],
    ['the id of another key', replaced(1, vaultOf(OTHER_KEY).currentKeyId)],
    ['no key id', replaced(1, '')],
    ['no salt', replaced(2, '')],
    ['another count', replaced(3, '1')],
    ['a count written otherwise', replaced(3, '02')],
    ['no count', replaced(3, '')],
    ['a count that is too large', replaced(3, '4294967296')],
    ['no ciphertext', replaced(4, '')],
    ['a ciphertext shorter than a tag', replaced(4, 'AAAA')],
    ['a part too few', record.split('.').slice(0, 4).join('.')],
    ['a part too many', `${record}.AAAA`],
    ['padding characters', `${record}=`],
    ['a salt with padding', replaced(2, `${record.split('.')[2] ?? ''}=`)],
  ])('cannot be distinguished from any other: %s', (_, text) => {
    expect(failureOf(() => open(text))).toEqual(expected);
  });

  it.each<[string, number, SeriesContext]>([
    ['another number', 6, context],
    ['another user', 7, { ...context, userId: 'bob' }],
    ['another chat', 7, { ...context, chatId: 'other' }],
    ['the fields swapped', 7, { ...context, userId: 'chat', chatId: 'alice' }],
    ['the fields shifted', 7, { ...context, userId: 'alice","chat', chatId: '' }],
  ])('cannot be distinguished from any other: %s', (_, seq, place) => {
    expect(failureOf(() => open(record, seq, place))).toEqual(expected);
  });

  it('cannot be distinguished from any other: any bit of any character changed', () => {
    const opener = vault.openerFor(context);
    const characters = Buffer.from(record, 'latin1');
    for (let bit = 0; bit < characters.length * 8; bit++) {
      const changed = Buffer.from(characters);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(failureOf(() => opener.open(changed.toString('latin1'), 7))).toEqual(expected);
    }
    expect(opener.open(record, 7)).toBe(TEXT);
  });
});
