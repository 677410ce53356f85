import { developmentSecret } from './development-secrets.js';
import { type GeneralConfig, generalVariables } from './general.js';
import { systemErrorCode } from './system-error.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

/**
 * Gives the secrets that outside production need not be set: they are made at first start and kept in `DATA_DIR`.
 * Only call it once everything else was found to be right: it writes files.
 */
export class SecretSource {
  readonly warnings: string[] = [];

  constructor(
    private readonly reader: VariableReader,
    private readonly general: GeneralConfig,
  ) {}

  /**
   * The variable's value; else, outside production, the secret kept in `DATA_DIR`; null after a mistake, which is
   * reported.
   */
  get(variable: Variable<string>, fileName: string): string | null {
    if (this.reader.isSet(variable) || this.general.production) return this.reader.readOptional(variable);
    const kept = this.keep(variable, fileName);
    if (kept === null) return null;
    return this.reader.parse(
      variable,
      kept,
      (mistake) => `the one kept in DATA_DIR (${fileName}) ${mistake}`,
    );
  }

  private keep(variable: Variable<string>, fileName: string): string | null {
    try {
      const { text, made } = developmentSecret(this.general.dataDirectory, fileName);
      const which = made ? 'one was made for development, kept' : 'the one made for development serves, kept';
      this.warnings.push(`${variable.name} is not set: ${which} in DATA_DIR (${fileName}).`);
      return text;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === null) throw error;
      this.reader.report(generalVariables.dataDirectory, `cannot keep ${fileName} (${code})`);
      return null;
    }
  }
}
