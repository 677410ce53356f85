import { online, waitBefore } from '../../../server/online';
import type * as Reader from './answer-text';
import type { Shown } from './shown';

/** How long one frame may read; what is left is for the next. */
const FRAME_MS = 6;
/** For each millisecond of reading so many for everything else: a slow device shows text less often, and stays smooth. */
const REST = 2;

let reader: typeof Reader | null = null;
let loading: Promise<void> | null = null;

/** Loads what reads Markdown, which is a tenth of all that the page is made of: with the first question, until it is there. */
export const loadReader = (): Promise<void> => (loading ??= untilLoaded());

async function untilLoaded(): Promise<void> {
  for (let attempts = 0; reader === null; attempts += 1)
    reader = await import('./answer-text').catch(async () => {
      await online(waitBefore(attempts));
      return null;
    });
}

/** A text that is shown as it arrives, once a frame at the most: what arrives in between is gathered. */
export class StreamedText {
  #text: Reader.AnswerText | null = null;
  /** What has come before there was anything that reads it. */
  #unread = '';
  #isOver = false;
  readonly #listeners = new Set<() => void>();
  #frame: number | null = null;
  #notBefore = 0;

  /** All of it, whether it is shown yet or not. */
  get text(): string {
    return this.#text?.text ?? this.#unread;
  }

  append(text: string): void {
    if (this.#text) this.#text.append(text);
    else this.#unread += text;
    this.#await();
  }

  end(): void {
    this.#isOver = true;
    this.#text?.end();
    this.#await();
  }

  /** Null: nothing yet. */
  readonly shown = (): Shown | null => this.#text?.shown ?? null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  #await(): void {
    if (this.#frame === null) this.#frame = requestAnimationFrame(this.#read);
  }

  readonly #read = (now: number): void => {
    this.#frame = null;
    if (now < this.#notBefore) {
      this.#await();
      return;
    }
    if (reader === null) {
      void loadReader().then(() => this.#await());
      return;
    }
    const text = (this.#text ??= this.#begin(reader));
    const start = performance.now();
    do text.step();
    while (text.isBehind && performance.now() - start < FRAME_MS);
    this.#notBefore = start + (performance.now() - start) * (1 + REST);
    for (const listener of this.#listeners) listener();
    if (text.isBehind) this.#await();
  };

  #begin({ AnswerText }: typeof Reader): Reader.AnswerText {
    const text = new AnswerText();
    text.append(this.#unread);
    if (this.#isOver) text.end();
    return text;
  }
}
