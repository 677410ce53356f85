import { Paragraphs } from './paragraphs.js';

/** What becomes of the pieces of paragraphs. */
function together(...paragraphs: string[][]): string {
  const joined = new Paragraphs();
  return paragraphs.flatMap((pieces, index) => pieces.map((piece) => joined.add(index, piece))).join('');
}

describe('Paragraphs', () => {
  it.each<[string, string[][], string]>([
    ['puts a blank line between two', [['One.'], ['Two.']], 'One.\n\nTwo.'],
    [
      'puts none within one',
      [
        ['One', '.', ' More'],
        ['Two', '.'],
      ],
      'One. More\n\nTwo.',
    ],
    ['leaves a break at the end of the first', [['One.\n'], ['Two.']], 'One.\nTwo.'],
    ['leaves a break with spaces after it', [['One.\r\n', ' \t'], ['Two.']], 'One.\r\n \tTwo.'],
    ['leaves a break at the beginning of the second', [['One.'], [' \n', 'Two.']], 'One. \nTwo.'],
    ['takes a break in the middle for none', [['One\n.'], ['Two\n.']], 'One\n.\n\nTwo\n.'],
    ['puts none before the first that says something', [[' '], ['One.'], ['Two.']], ' One.\n\nTwo.'],
    ['puts one where nothing but white space is between', [['One.'], [' '], ['Two.']], 'One.\n\n Two.'],
    ['puts one between each two', [['One.'], ['Two.'], ['Three.']], 'One.\n\nTwo.\n\nThree.'],
  ])('%s', (_what, paragraphs, text) => {
    expect(together(...paragraphs)).toBe(text);
  });
});
