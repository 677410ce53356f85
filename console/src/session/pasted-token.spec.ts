import { isUnauthenticated } from '../server/server-error';
import { readPasted } from './pasted-token';

describe('a token that is pasted', () => {
  it.each([
    'eyJ.a-b_c.d',
    ' eyJ.a-b_c.d\n',
    '"eyJ.a-b_c.d"',
    '“eyJ.a-b_c.d”',
    '`eyJ.a-b_c.d`',
    'Bearer eyJ.a-b_c.d',
    '"bearer  eyJ.a-b_c.d"',
    '\ufeffeyJ.a-\u200bb_c.d',
  ])('is itself, whatever came along: %j', (text) => {
    expect(readPasted(text)).toBe('eyJ.a-b_c.d');
  });

  it.each(['', ' ', '""', 'tökén€', 'two words', 'a\u0000b', '密钥'])(
    'is refused where it is none: %j',
    (text) => {
      let error: unknown = null;
      try {
        readPasted(text);
      } catch (cause) {
        error = cause;
      }
      expect(isUnauthenticated(error)).toBe(true);
    },
  );
});
