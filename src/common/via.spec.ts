import { hasPassedKeystream, VIA } from './via.js';

describe('Via', () => {
  it.each([
    VIA,
    '1.1 keystream',
    'HTTP/1.1 Keystream',
    '2 edge.example, 1.1 keystream',
    '1.1 keystream, 1.0 edge (a comment)',
    '1.1\tkeystream (of another company)',
    ' 1.1  keystream ,',
    'keystream',
  ])('says of %j that a server of this kind has passed it on', (via) => {
    expect(hasPassedKeystream(via)).toBe(true);
  });

  it.each([
    undefined,
    '',
    ',',
    '1.1 edge.example',
    '1.1 keystream.example',
    '1.1 edge (keystream)',
    '1.1 not-keystream',
  ])('does not say so of %j', (via) => {
    expect(hasPassedKeystream(via)).toBe(false);
  });

  it('is read in no time, however it is written', () => {
    const begin = performance.now();
    for (const odd of ['1.1 ', ',', ' ', 'keystream', '1.1 keystrea,'])
      hasPassedKeystream(odd.repeat(16_384));
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});
