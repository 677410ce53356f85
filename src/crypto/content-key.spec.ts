import { randomBytes } from 'node:crypto';
import { vaultOf } from '../../test/support/sealed-keys.js';
import { Secret } from '../common/secret.js';
import { CONTENT_KEY_BYTES, type ChunkPlace, ContentKey } from './content-key.js';
import { EnvelopeError } from './envelope-error.js';

const place: ChunkPlace = { id: 'content', index: 0, isLast: false };
const context = { purpose: 'attachment', userId: 'alice', attachmentId: 'content' } as const;
const newKey = () => new ContentKey(Secret.fromBytes(randomBytes(CONTENT_KEY_BYTES)));

describe('ContentKey', () => {
  const key = newKey();
  const chunk = Buffer.from('Größe? 日本');
  const sealed = key.seal(chunk, place);

  it('opens a chunk at its place', () => {
    expect(key.open(sealed, place)).toEqual(chunk);
    expect(sealed.includes(chunk.subarray(0, 8))).toBe(false);
  });

  it('seals no chunk like another', () => {
    expect(key.seal(chunk, place).equals(sealed)).toBe(false);
  });

  it.each<[string, Buffer, ChunkPlace, ContentKey]>([
    ['of another content', sealed, { ...place, id: 'other' }, key],
    ['from another place', sealed, { ...place, index: 1 }, key],
    ['that is said to be the last', sealed, { ...place, isLast: true }, key],
    ['under another key', sealed, place, newKey()],
    ['that was cut', sealed.subarray(0, -1), place, key],
    ['that is too short', sealed.subarray(0, 20), place, key],
    [
      'of which a bit differs',
      Buffer.from(sealed.map((byte, at) => (at === 60 ? byte ^ 1 : byte))),
      place,
      key,
    ],
    ['that is empty', Buffer.alloc(0), place, key],
  ])('does not open a chunk %s, and says no more', (_, bytes, at, opener) => {
    expect(() => opener.open(bytes, at)).toThrow(new EnvelopeError());
  });

  it('is sealed by a vault for its owner and content, and re-sealed with another key of that', () => {
    const [before, after] = [vaultOf('a'.repeat(64)), vaultOf('b'.repeat(64), 'a'.repeat(64))];
    const made = before.makeContentKey(context);
    const ours = made.key.seal(chunk, place);
    const resealed = after.reseal(made.envelope, context);
    expect(after.openContentKey(resealed, context).open(ours, place)).toEqual(chunk);
    expect(() => before.openContentKey(made.envelope, { ...context, userId: 'bob' })).toThrow(EnvelopeError);
    expect(() => before.openContentKey(resealed, context)).toThrow(EnvelopeError);
  });
});
