import { StartupError } from '../common/startup-error.js';

export interface Mistake {
  readonly variable: string;
  /** What is wrong, never the value. */
  readonly message: string;
}

/** All that is wrong with the configuration, by the variables' names. */
export class ConfigError extends StartupError {
  constructor(readonly mistakes: readonly Mistake[]) {
    super(
      [
        mistakes.length === 1
          ? 'The configuration has a mistake:'
          : `The configuration has ${mistakes.length} mistakes:`,
        ...mistakes.map(({ variable, message }) => `  ${variable}: ${message}`),
      ].join('\n'),
    );
  }
}
