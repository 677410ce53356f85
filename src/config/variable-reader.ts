import { ConfigError, type Mistake } from './config-error.js';
import { fileVariableOf } from './secret-file.js';
import { type DefaultedVariable, InvalidValueError, type ValueRules, type Variable } from './variable.js';

/** Reads variables and collects what is wrong with them, so that an operator learns of all mistakes at once. */
export class VariableReader {
  readonly #environment: Readonly<NodeJS.ProcessEnv>;
  readonly #rules: ValueRules;
  readonly #mistakes: Mistake[] = [];
  /** What stands in files, by the variables' names: each is read once. Null after a mistake. */
  readonly #files = new Map<string, string | null>();

  constructor(environment: Readonly<NodeJS.ProcessEnv>) {
    this.#environment = environment;
    this.#rules = { production: environment.NODE_ENV === 'production' };
  }

  /** Whether the strict rules are on; every value is held to them. */
  get production(): boolean {
    return this.#rules.production;
  }

  /** An empty value counts as unset: that is how compose files and shells write "none". */
  isSet(variable: Variable<unknown>): boolean {
    return this.#has(variable) || this.#isInFile(variable);
  }

  /** The value, or its default where it is unset. After a mistake the default, too, so that reading can go on. */
  read<Value>(variable: DefaultedVariable<Value>): Value {
    return this.readOptional(variable) ?? variable.parse(variable.default);
  }

  /** The value, or null where it is unset or mistaken. */
  readOptional<Value>(variable: Variable<Value>): Value | null {
    const text =
      (this.#isInFile(variable) ? this.#fromFile(variable) : this.#environment[variable.name]) ?? '';
    return text === '' ? null : this.parse(variable, text);
  }

  /** The value; null where it is unset, which is reported, or mistaken. */
  readRequired<Value>(variable: Variable<Value>, because: string): Value | null {
    if (!this.isSet(variable)) this.report(variable, because);
    return this.readOptional(variable);
  }

  /** The variable's name, or that of its file where that is what is set. */
  nameOf(variable: Variable<unknown>): string {
    return (this.#isInFile(variable) ? fileVariableOf(variable) : variable).name;
  }

  /** Parses a value that did not come from the environment; a mistake in it is reported under the variable's name. */
  parse<Value>(
    variable: Variable<Value>,
    text: string,
    describe = (mistake: string) => mistake,
  ): Value | null {
    try {
      return variable.parse(text, this.#rules);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      for (const mistake of error.mistakes) this.report(variable, describe(mistake));
      return null;
    }
  }

  /** Names the variable's file where that is what is set. */
  report(variable: Variable<unknown>, message: string): void {
    this.#mistakes.push({ variable: this.nameOf(variable), message });
  }

  /** @throws ConfigError when anything was reported */
  throwMistakes(): void {
    if (this.#mistakes.length > 0) throw new ConfigError(this.#mistakes);
  }

  #has({ name }: Variable<unknown>): boolean {
    return (this.#environment[name] ?? '') !== '';
  }

  #isInFile(variable: Variable<unknown>): boolean {
    return variable.secret === true && this.#has(fileVariableOf(variable));
  }

  /** Null after a mistake, which is reported once. */
  #fromFile(variable: Variable<unknown>): string | null {
    const kept = this.#files.get(variable.name);
    if (kept !== undefined) return kept;
    const file = fileVariableOf(variable);
    const areBothSet = this.#has(variable);
    if (areBothSet) this.report(file, `is set beside ${variable.name}; set one of them`);
    const text = areBothSet ? null : this.parse(file, this.#environment[file.name] ?? '');
    this.#files.set(variable.name, text);
    return text;
  }
}
