/** What a value is held to beside its form. */
export interface ValueRules {
  /** Whether the strict rules are on. */
  readonly production: boolean;
}

/** Turns a value's text into the value. @throws InvalidValueError */
export type Parser<Value> = (text: string, rules?: ValueRules) => Value;

/** One environment variable: all that the code and `.env.example` know about it. */
export interface Variable<Value> {
  readonly name: string;
  /** One line, which `.env.example` repeats. */
  readonly meaning: string;
  /** What serves where it is unset, written as it would be set; null where nothing does. */
  readonly default: string | null;
  readonly parse: Parser<Value>;
  /** Whether its value is a secret, or holds one: then it may stand in a file instead. */
  readonly secret?: true;
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
