import { toWellFormedJson } from './well-formed-json.js';

describe('toWellFormedJson', () => {
  it.each([
    ['a high surrogate alone', 'a\ud83d', 'a\ufffd'],
    ['a low one', '\ude00b', '\ufffdb'],
    ['two in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
    ['both, in order', '\ud83d\ude00', '\ud83d\ude00'],
    ['what only looks like an escape', '\\ud83d \\\\ud83d', '\\ud83d \\\\ud83d'],
    ['one after a backslash', '\\\ud83d', '\\\ufffd'],
    ['other escapes', '"\n\u0000\u2028', '"\n\u0000\u2028'],
  ])('takes %s for what it is', (_what, text, sent) => {
    expect(JSON.parse(toWellFormedJson({ [text]: [text] }))).toEqual({ [sent]: [sent] });
    expect(sent.toWellFormed()).toBe(sent);
  });
});
