import { Injectable } from '@nestjs/common';

/** Operations of one user that are being prepared at the same time. */
const MOST_AT_ONCE = 16;

/**
 * How long an operation keeps its user's turn while it runs, in milliseconds: what takes longer waits for another
 * service, and keeps this server no busier.
 */
export const TURN_MS = 500;

/** A user's turn to have an operation prepared. */
export interface Turn {
  /** It is prepared, or given up. May be called more than once. */
  release(): void;
}

interface Waiting {
  begin(turn: Turn): void;
}

/** One user's operations. */
interface Line {
  readonly userId: string;
  prepared: number;
  /** In the order in which they came. */
  readonly waiting: Set<Waiting>;
}

/**
 * Decides which user's operation is prepared next: parsed, validated and begun.
 *
 * Users take turns, each with one operation, and the event loop is given back between any two operations. However many
 * one user sends, every other user waits for one of them at the most, and so do timers and sockets. No operation is
 * refused. While a client waits, its socket is not read.
 */
@Injectable()
export class OperationTurns {
  readonly #lines = new Map<string, Line>();
  /** The lines of which one may begin, the next one first. */
  readonly #ready = new Set<Line>();
  /** Whether one has begun in this turn of the event loop, or the next turn is waited for. */
  #isResting = false;

  /**
   * Resolves when it is the user's turn: with null where the signal aborts before.
   *
   * @param userId empty for those who have no name
   */
  take(userId: string, signal: AbortSignal): Promise<Turn | null> {
    if (signal.aborted) return Promise.resolve(null);
    const line = this.#lineOf(userId);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        begin: (turn) => {
          signal.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      const leave = (): void => {
        line.waiting.delete(waiting);
        this.#update(line);
        resolve(null);
      };
      signal.addEventListener('abort', leave, { once: true });
      line.waiting.add(waiting);
      this.#update(line);
      this.#beginNext();
    });
  }

  #lineOf(userId: string): Line {
    const line = this.#lines.get(userId) ?? { userId, prepared: 0, waiting: new Set<Waiting>() };
    this.#lines.set(userId, line);
    return line;
  }

  #update(line: Line): void {
    if (line.waiting.size > 0 && line.prepared < MOST_AT_ONCE) this.#ready.add(line);
    else this.#ready.delete(line);
    if (line.waiting.size === 0 && line.prepared === 0) this.#lines.delete(line.userId);
  }

  #beginNext(): void {
    if (this.#isResting) return;
    const [line] = this.#ready;
    const [waiting] = line?.waiting ?? [];
    if (!line || !waiting) return;
    this.#isResting = true;
    setImmediate(() => {
      this.#isResting = false;
      this.#beginNext();
    });
    line.waiting.delete(waiting);
    line.prepared += 1;
    // To the end of those that are ready.
    this.#ready.delete(line);
    this.#update(line);
    waiting.begin(this.#turnIn(line));
  }

  #turnIn(line: Line): Turn {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        line.prepared -= 1;
        this.#update(line);
        this.#beginNext();
      },
    };
  }
}
