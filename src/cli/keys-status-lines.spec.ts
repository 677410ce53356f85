import { sealedKinds } from '../sealed-records/sealed-kinds.js';
import { type KeysStatus, statusOf } from './keys-status-lines.js';

const [kind] = sealedKinds;
if (!kind) throw new Error('Nothing is sealed.');
const count = (keyId: string, number: number, misnamed = 0) => ({ kind, keyId, count: number, misnamed });

const status: KeysStatus = {
  currentKeyId: 'current',
  previousKeyIds: ['previous'],
  retiredKeys: [{ id: 'retired', retiredAt: new Date(0) }],
  counts: [count('current', 7)],
  verifiers: ['keystream/test+0a0b0c0d+AQ=='],
  changedAt: new Date('2026-11-27T10:00:00Z'),
  chatsMs: 25 * 60_000,
  now: new Date('2026-11-27T10:05:00Z'),
};
const textOf = (changes: Partial<KeysStatus> = {}) => statusOf({ ...status, ...changes }).lines.join('\n');
const isGood = (changes: Partial<KeysStatus> = {}) => statusOf({ ...status, ...changes }).isGood;

describe('the status of the encryption keys', () => {
  it('names them all, and what they sealed', () => {
    const text = textOf();
    expect(text).toContain(
      '  current  current\n  previous  previous\n  retired  retired at 1970-01-01T00:00:00.000Z',
    );
    expect(text).toContain('  current  stored keys: 7');
    expect(textOf({ counts: [] })).toContain('in the database:\n  nothing');
  });

  it('names everything that is derived from the key', () => {
    const text = textOf();
    for (const { name, table } of sealedKinds) expect(text).toContain(`${name} (table ${table})`);
    expect(text).toContain('chats in Redis, for 25 minutes');
    expect(textOf({ chatsMs: null })).toContain('no chats in Redis');
  });

  it('says that a previous key may not be retired while records need it', () => {
    const text = textOf({ counts: [count('current', 7), count('previous', 3)] });
    expect(text).toContain('previous may not be retired: 3 records');
  });

  it('says that it may, and until when a chat in Redis may need it', () => {
    expect(textOf()).toContain(
      'previous may be retired: npm run keys:retire -- previous. Better wait: chats in Redis may be sealed with it until 2026-11-27T10:25:00.000Z',
    );
    expect(textOf({ now: new Date('2026-11-27T10:26:00Z') })).toContain('No chat in Redis is sealed with it');
    expect(textOf({ chatsMs: null })).toMatch(/previous may be retired: npm run keys:retire -- previous$/m);
    expect(textOf({ changedAt: null })).toMatch(/previous may be retired: npm run keys:retire -- previous$/m);
  });

  it.each([
    ['a key that is not configured', 'lost', 'sealed with lost, which is not configured'],
    ['a retired key', 'retired', 'sealed with retired, which was retired'],
    ['nothing', '', 'they are no records'],
  ])('is not good where records are sealed with %s', (_, keyId, words) => {
    const counts = [count('current', 7), count(keyId, 2)];
    expect(textOf({ counts })).toContain(`stored keys that do not open: 2: ${words}`);
    expect(isGood({ counts })).toBe(false);
  });

  it('is good where all can be opened, and says where a column is wrong', () => {
    expect(isGood()).toBe(true);
    expect(textOf({ counts: [count('current', 7, 2)] })).toContain('2 name another key in their column');
  });
});
