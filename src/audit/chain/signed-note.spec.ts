import { vaultOf } from '../../../test/support/sealed-keys.js';
import { AuditKeys } from '../../crypto/audit-keys.js';
import { formatVerifier, openNote, signNote, type Verifier } from './signed-note.js';

/** The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note, which C2SP's signed notes come from. */
const PUBLISHED = {
  verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

const verifierIn = (text: string): Verifier => {
  const [name = '', , key = ''] = text.split('+').length === 3 ? text.split('+') : text.split(/\+(.{8})\+/);
  return { name, publicKey: Buffer.from(key, 'base64').subarray(1) };
};

describe('a signed note', () => {
  const { keys } = AuditKeys.create(vaultOf('1'.repeat(64)), 1);
  const ours = { name: 'keystream/test', publicKey: keys.publicKey };

  it('is the one of others: a published one opens, and its verifier is written the same', () => {
    const verifier = verifierIn(PUBLISHED.verifier);
    expect(formatVerifier(verifier)).toBe(PUBLISHED.verifier);
    expect(openNote(`${PUBLISHED.text}\n${PUBLISHED.signature}`, [verifier])).toBe(PUBLISHED.text);
  });

  it('opens for whoever has the verifier, with other signatures beside it', () => {
    const note = signNote('a line\nanother\n', ours.name, keys);
    expect(openNote(note, [ours])).toBe('a line\nanother\n');
    expect(openNote(`${note}${PUBLISHED.signature}`, [verifierIn(PUBLISHED.verifier), ours])).toBe(
      'a line\nanother\n',
    );
  });

  const note = signNote('a line\n', ours.name, keys);
  it.each([
    ['a changed text', note.replace('a line', 'a lime')],
    ['another signer', note.replace('keystream/test', 'keystream/best')],
    ['a changed signature', note.replace(/.{8}\n$/, 'AAAAAAA=\n')],
    ['a cut end', note.slice(0, -1)],
    ['no signature', 'a line\n\n'],
    ['no text', ''],
  ])('does not open with %s', (_, changed) => {
    expect(openNote(changed, [ours])).toBeNull();
  });

  it('does not open for other keys of the same name', () => {
    const other = AuditKeys.create(vaultOf('1'.repeat(64)), 1).keys;
    expect(openNote(note, [{ name: ours.name, publicKey: other.publicKey }])).toBeNull();
  });
});
