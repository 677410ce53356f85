import { ReceivedAnswer } from '../../bench/load/received-answer.mjs';
import { textOf, word } from '../../bench/parts/shape.mjs';

const received = (...pieces: string[]): ReceivedAnswer => {
  const answer = new ReceivedAnswer();
  for (const piece of pieces) answer.append(piece);
  answer.check(3);
  return answer;
};

describe('an answer that the bench received', () => {
  it('is in order where every character came once, however it was cut', () => {
    expect(received(word(0), word(1), word(2)).code).toBeNull();
    expect(received(textOf(3)).code).toBeNull();
    expect(received(textOf(3).slice(0, 7), textOf(3).slice(7)).code).toBeNull();
  });

  it.each([
    ['a word is lost', [word(0), word(2)]],
    ['a word comes twice', [word(0), word(1), word(1), word(2)]],
    ['two words change places', [word(0), word(2), word(1)]],
    ['its last character is lost', [textOf(3).slice(0, -1)]],
    ['nothing came', []],
  ])('is wrong where %s', (_, pieces) => {
    expect(received(...pieces).code).toBe('WRONG_TEXT');
  });

  it('keeps the code of what ended it', () => {
    const answer = new ReceivedAnswer();
    answer.fail('KEY_REJECTED');
    answer.check(3);
    expect(answer.code).toBe('KEY_REJECTED');
  });

  it('is as late as its words came after the earliest of them', () => {
    const answer = new ReceivedAnswer();
    // Due every 20 ms: the fourth is 5 ms late, and the third came with it.
    answer.arrivals.push(1, 120, 2, 140, 4, 185);
    expect(answer.delays(20)).toEqual([0, 0, 5]);
  });
});
