import { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.js';

const HASH = 'ab'.repeat(32);
const checkpoint: Checkpoint = {
  environmentName: 'production',
  at: new Date('2026-11-27T12:00:00.000Z'),
  register: { number: 12, hash: HASH },
  open: new Map([
    ['019be0f0-0000-7000-8000-000000000001', { number: 3, hash: HASH }],
    ['019be0f0-0000-7000-8000-000000000002', { number: 0, hash: '' }],
  ]),
  verified: true,
  nextVerifier: 'keystream/production+0a0b0c0d+AQ==',
};

describe('a checkpoint', () => {
  it('is read as it was written', () => {
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it.each([true, false, null])('says that it was verified with the result %s', (verified) => {
    expect(parseCheckpoint(formatCheckpoint({ ...checkpoint, verified }))).toMatchObject({ verified });
  });

  it('is lines that people can read', () => {
    expect(formatCheckpoint(checkpoint)).toBe(
      [
        'keystream audit checkpoint v1',
        'environment production',
        'at 2026-11-27T12:00:00.000Z',
        'verified yes',
        `closed 12 ${HASH}`,
        `open 019be0f0-0000-7000-8000-000000000001 3 ${HASH}`,
        'open 019be0f0-0000-7000-8000-000000000002 0 -',
        'next-key keystream/production+0a0b0c0d+AQ==',
        '',
      ].join('\n'),
    );
  });

  it.each(['', 'something else\n', formatCheckpoint(checkpoint).replace('closed', 'opened')])(
    'is none where it is not whole: %j',
    (text) => {
      expect(parseCheckpoint(text)).toBeNull();
    },
  );
});
