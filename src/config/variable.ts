/** One environment variable: all that the code and `.env.example` know about it. */
export interface Variable<Value> {
  readonly name: string;
  /** One line, which `.env.example` repeats. */
  readonly meaning: string;
  /** What serves where it is unset, written as it would be set; null where nothing does. */
  readonly default: string | null;
  /** @throws InvalidValueError */
  readonly parse: (text: string) => Value;
}

export interface DefaultedVariable<Value> extends Variable<Value> {
  readonly default: string;
}

/** What is wrong with a value. The mistakes never hold the value or a part of it. */
export class InvalidValueError extends Error {
  readonly mistakes: readonly string[];

  constructor(...mistakes: string[]) {
    super(mistakes.join('; '));
    this.mistakes = mistakes;
  }
}
