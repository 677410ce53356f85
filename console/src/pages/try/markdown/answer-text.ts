import { divide } from './divide';
import { LateLinks } from './late-links';
import type { OpenBlock } from './open-block';
import { type Definitions, definitionsWith, tamed } from './parse-markdown';
import { type Place, read, type Reading, shownAt, type Together } from './reading';
import { grouped, Grown, outlineOf, type Shown } from './shown';
import { toShown } from './to-shown';

/** How much is read in a step. */
const STEP = 800;
/** From how much on a block is cut: at a good place, at one that is not as good, at any. */
const LONG = 1_200;
const TOO_LONG = 2_800;
const LONGEST = 4_000;
/** So many marks and lines are as long: to find what belongs together takes a time that grows with the square of their number. */
const MOST_MARKS = 500;
/** The beginning of a line that may become more than words: nothing is shown of it before that is decided. */
const UNDECIDED = /(?:^|\n)([\s>]{0,40}(?:[-+*_=#`~|:. \t]{0,200}|\d{1,9}[.)]?[ \t]{0,9}))$/;
const OUTERMOST: Place = { open: [], column: 1 };

const all: Together = ({ done }, more) => done.with(more);
const onlyNew: Together = (_block, more) => grouped(more);

/**
 * Markdown that arrives piece by piece. What is finished is never read again, and never shown anew: only the last block
 * is, and of a long one only its end. What is shown at the end is what all of the text would be, read at once.
 */
export class AnswerText {
  /** All text so far, its line breaks of one kind. */
  text = '';
  /** What is to be shown, up to the last step. */
  shown: Shown = { shell: { type: 'root' }, groups: [] };
  readonly #done = new Grown();
  #place = OUTERMOST;
  /** What is read with each step. */
  #rest = '';
  /** What no step has taken yet. */
  #coming = '';
  #endsInReturn = false;
  #hasEnded = false;
  /** Whether nothing that is shown will change any more. */
  #isWhole = false;
  #known: Definitions = new Map();
  readonly #lateLinks = new LateLinks();

  /** Whether steps are to be taken. */
  get isBehind(): boolean {
    return this.#coming !== '' || (this.#hasEnded && !this.#isWhole);
  }

  append(text: string): void {
    const isOneBreak = this.#endsInReturn && text.startsWith('\n');
    const more = (isOneBreak ? text.slice(1) : text).replace(/\r\n?/g, '\n');
    this.#endsInReturn = text.endsWith('\r');
    this.text += more;
    this.#coming += more;
  }

  /** Nothing more comes: what was undecided is words, and all that is referred to is known. To be followed by steps. */
  end(): void {
    this.#hasEnded = true;
  }

  step(): void {
    const isHalf = /[\uD800-\uDBFF]/.test(this.#coming.charAt(STEP - 1));
    const size = isHalf ? STEP - 1 : STEP;
    this.#rest = tamed(this.#rest + this.#coming.slice(0, size));
    this.#coming = this.#coming.slice(size);
    let reading = this.#read();
    for (let next: Reading | null = reading; next; next = this.#settle(reading) ?? this.#shorten(reading))
      reading = next;
    if (this.#isLast) this.#resolve(reading);
    const groups = this.#done.with(shownAt(reading, 0, all));
    this.shown = { shell: { type: 'root' }, groups };
  }

  get #isLast(): boolean {
    return this.#hasEnded && this.#coming === '';
  }

  #read(): Reading {
    const undecided = this.#isLast ? '' : (UNDECIDED.exec(this.#rest)?.[1] ?? '');
    const rest = this.#rest.slice(0, this.#rest.length - undecided.length);
    const reading = read(this.#place, rest, this.#known);
    if (reading) return reading;
    // The rest belongs to something else after all: what was open has ended.
    this.#done.push(...closed(this.#place.open));
    this.#place = OUTERMOST;
    return this.#read();
  }

  /** Takes what stands before the last block as finished. @returns what is left; null: there was nothing before it */
  #settle(reading: Reading): Reading | null {
    const { open, levels, path, source, definitions } = reading;
    const level = levels.findIndex((nodes, depth) => nodes.length > (depth < open.length ? 0 : 1));
    const nodes = levels[level] ?? [];
    const { offset, column } = nodes.at(-1)?.position?.start ?? {};
    if (level < 0 || (level > 0 && level === open.length)) return null;
    if (offset === undefined || column === undefined) return null;
    const finished = nodes.slice(0, -1);
    for (const node of [...path.slice(level), ...finished]) this.#known = definitionsWith(node, this.#known);
    const into = open[level - 1]?.done ?? this.#done;
    if (level < open.length) into.push(...shownAt(reading, level, all).slice(0, 1));
    for (const node of finished) {
      const blocks = toShown([node], definitions, level);
      into.push(...blocks);
      if (level === 0) this.#lateLinks.note(blocks, node, source, definitions);
    }
    this.#moveTo({ open: open.slice(0, level), column }, reading, offset);
    return this.#read();
  }

  /** Takes the beginning of a long block as finished. @returns what is left; null: it is not long, or cannot be cut yet */
  #shorten(reading: Reading): Reading | null {
    const { length } = this.#rest;
    const isDense = marksIn(this.#rest) > MOST_MARKS;
    if (length <= LONG && !isDense) return null;
    const division = divide(reading, length > TOO_LONG || isDense);
    if (division) {
      const { into, part, at } = division;
      const after = read(division, reading.source.slice(at), this.#known);
      const withPart: Together = (block, more) => grouped(block === into ? [...part, ...more] : more);
      // Where lines are indented in unusual ways, what is left may not be what it was.
      if (after && outlines(reading, onlyNew) === outlines(after, withPart)) {
        into.done.push(...part);
        this.#moveTo(division, reading, at);
        return after;
      }
    }
    return length > LONGEST || isDense ? this.#cutAnywhere() : null;
  }

  /** What has no good place to be cut at is bounded all the same. */
  #cutAnywhere(): Reading {
    const at = this.#rest.lastIndexOf('\n') + 1 || this.#rest.length;
    const first = read(this.#place, this.#rest.slice(0, at), this.#known);
    this.#done.push(...(first ? shownAt(first, 0, all) : closed(this.#place.open)));
    if (first) this.#rest = this.#rest.slice(at);
    this.#place = OUTERMOST;
    return this.#read();
  }

  #moveTo({ open, column }: Place, { base }: Reading, at: number): void {
    this.#rest = this.#rest.slice(at - base);
    this.#place = { open, column };
  }

  /** Shows links whose addresses were defined after them. */
  #resolve({ definitions }: Reading): void {
    this.#lateLinks.resolve(this.#done, definitions);
    this.#isWhole = this.#lateLinks.isEmpty;
  }
}

function marksIn(text: string): number {
  let count = 0;
  for (const character of text) if (MARKS.has(character)) count += 1;
  return count;
}
const MARKS = new Set('*_~[]\n');

const outlines = (reading: Reading, together: Together): string =>
  shownAt(reading, 0, together).map(outlineOf).join('');

/** Open blocks as they are. */
function closed(open: readonly OpenBlock[]): Shown[] {
  return open.reduceRight<Shown[]>((more, { shell, done }) => [{ shell, groups: done.with(more) }], []);
}
