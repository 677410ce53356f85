import { jest } from '@jest/globals';
import type { AnswerText as Answer } from './answer-text';
import { documents } from './documents.fixture';
import * as markdown from './parse-markdown';
import { grouped, outlineOf, type Shown } from './shown';
import { toShown } from './to-shown';

const { definitionsWith, parseMarkdown, tamed } = markdown;

/** What was read. */
let readings: string[] = [];
jest.unstable_mockModule('./parse-markdown', () => ({
  ...markdown,
  parseMarkdown(source: string) {
    readings.push(source);
    return parseMarkdown(source);
  },
}));
const { AnswerText } = await import('./answer-text');

/** What is shown of a text that is there from the beginning. */
function atOnce(text: string): Shown {
  const root = parseMarkdown(tamed(text.replace(/\r\n?/g, '\n')));
  const definitions = definitionsWith(root, new Map());
  return { shell: { type: 'root' }, groups: grouped(toShown(root.children, definitions)) };
}

/** @param look called after each step */
function inPieces(
  pieces: readonly string[],
  look: (answer: Answer, hasEnded: boolean) => void = () => undefined,
): Answer {
  const answer = new AnswerText();
  for (const piece of pieces) {
    answer.append(piece);
    while (answer.isBehind) {
      answer.step();
      look(answer, false);
    }
  }
  answer.end();
  while (answer.isBehind) {
    answer.step();
    look(answer, true);
  }
  return answer;
}

/** Pieces of a text, of lengths by chance: always the same ones. */
function pieces(text: string, longest: number, seed: number): string[] {
  const all: string[] = [];
  let state = seed;
  for (let at = 0; at < text.length; at += all.at(-1)?.length ?? 1) {
    // Numerical Recipes' generator.
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    all.push(text.slice(at, at + 1 + Math.floor((state / 2 ** 32) * longest)));
  }
  return all;
}

/** All that is shown, each thing once. */
function* thingsIn(shown: Shown): Generator<Shown> {
  yield shown;
  for (const inner of shown.groups.flat()) yield* thingsIn(inner);
}

/** How much of the text a thing has itself. */
const lettersOf = ({ shell }: Shown): number =>
  shell.type === 'words'
    ? JSON.stringify(shell.words).replace(/"[a-z]+":|[^\p{L}]/gu, '').length
    : shell.type === 'lines'
      ? shell.value.length
      : 0;

describe('an answer that arrives in pieces', () => {
  it.each(Object.entries(documents))('shows in the end what it shows at once: %s', (_name, text) => {
    const expected = outlineOf(atOnce(text));
    const cuts = [
      [60, 1],
      [3_000, 2],
    ] as const;
    for (const [longest, seed] of cuts) {
      const { shown } = inPieces(pieces(text, longest, seed));
      expect(outlineOf(shown)).toBe(expected);
    }
  });

  it('keeps its text', () => {
    const text = Object.values(documents).join('\n\n');
    expect(inPieces(pieces(text, 4_000, 1)).text).toBe(text.replace(/\r\n?/g, '\n'));
  });

  it.each(Object.entries(documents))('never shows anew what was finished: %s', (_name, text) => {
    let before: readonly Shown[] = [];
    inPieces(pieces(text, 90, 4), ({ shown }, hasEnded) => {
      // Links whose addresses were defined after them.
      if (hasEnded) return;
      const blocks = shown.groups.flat();
      // A block is finished when another one has followed it.
      expect(before.slice(0, -1).filter((block, at) => block !== blocks[at])).toEqual([]);
      before = blocks.length > 1 ? blocks : [];
    });
  });

  it.each(Object.entries(documents))('shows little anew with each piece: %s', (_name, text) => {
    let known = new Set<Shown>();
    let mostThings = 0;
    let mostLetters = 0;
    inPieces(pieces(text, 90, 5), ({ shown }) => {
      const now = new Set(thingsIn(shown));
      const fresh = [...now].filter((thing) => !known.has(thing));
      mostThings = Math.max(mostThings, fresh.length);
      mostLetters = Math.max(
        mostLetters,
        fresh.map(lettersOf).reduce((sum, letters) => sum + letters, 0),
      );
      known = now;
    });
    expect(mostThings).toBeLessThan(250);
    expect(mostLetters).toBeLessThan(3_000);
  });

  it.each([
    ['of a paragraph', 'word '],
    ['of a word', 'a'],
    ['of stars', '*'],
    ['of stars that belong together', '*a**b'],
    ['of marks that do not', '*_'],
    ['of quotes', '>'],
    ['of lines that go on with a quote', '> a\nb\n'],
    ['of numbers', '1. '],
    ['of brackets', '['],
    ['of lines of HTML', '<div>\n'],
    ['of cells', '|'],
  ])('is bounded however long it is without a place to cut it: %s', (_name, unit) => {
    const text = unit.repeat(Math.ceil(12_000 / unit.length));
    const lengths: number[] = [];
    const marks: number[] = [];
    const often: number[] = [];
    readings = [];
    const answer = inPieces([...pieces(text, 400, 6), '\n\nAfter it'], () => {
      lengths.push(...readings.map(({ length }) => length));
      marks.push(...readings.map((source) => source.replace(/[^*_~[\]\n]/g, '').length));
      often.push(readings.length);
      readings = [];
    });
    expect(outlineOf(answer.shown)).toContain('After it');
    expect(Math.max(...lengths)).toBeLessThan(6_000);
    expect(Math.max(...marks)).toBeLessThan(1_600);
    expect(Math.max(...often)).toBeLessThan(10);
  });

  it('is bounded where many blocks refer to what is defined at the end', () => {
    const blocks = Array.from(
      { length: 200 },
      (_, at) => `Block ${String(at)} refers to [it][${String(at % 40)}].`,
    );
    const definitions = Array.from(
      { length: 40 },
      (_, at) => `[${String(at)}]: https://example.com/${'x'.repeat(900)}`,
    );
    let before: readonly Shown[] = [];
    const fresh: number[] = [];
    const lengths: number[] = [];
    readings = [];
    const { shown } = inPieces(
      [...blocks, ...definitions].map((block) => `${block}\n\n`),
      ({ shown }) => {
        const now = shown.groups.flat();
        fresh.push(now.filter((block) => !before.includes(block)).length);
        lengths.push(readings.reduce((sum, { length }) => sum + length, 0));
        [before, readings] = [now, []];
      },
    );
    expect(JSON.stringify(shown).match(/"url":"https:/g)).toHaveLength(200);
    expect(Math.max(...fresh)).toBeLessThan(100);
    expect(Math.max(...lengths)).toBeLessThan(20_000);
  });

  it('reads the names alone of what was defined before it', () => {
    const definitions = Array.from(
      { length: 100 },
      (_, at) => `[${String(at)}]: https://example.com/${'x'.repeat(900)}`,
    );
    const all = Array.from({ length: 100 }, (_, at) => `[${String(at)}]`).join(' ');
    readings = [];
    const { shown } = inPieces([`${definitions.join('\n')}\n\n`, ...Array<string>(20).fill(`${all}\n\n`)]);
    expect(JSON.stringify(shown).match(/"url":"https:/g)).toHaveLength(2_000);
    expect(Math.max(...readings.map(({ length }) => length))).toBeLessThan(8_000);
  });
});
