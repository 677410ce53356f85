import { resolve } from 'node:path';
import { wholeNumber } from './parsers.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface AuditConfig {
  /** How many days rows of the trail are kept; null: for ever. */
  readonly retentionDays: number | null;
  /** Absolute path of the file that holds the newest checkpoint; null: none. */
  readonly checkpointFile: string | null;
}

export const auditVariables = {
  retentionDays: {
    name: 'AUDIT_RETENTION_DAYS',
    meaning:
      'days for which audit:prune keeps the trail, and a server on the embedded database; unset: for ever',
    default: null,
    parse: wholeNumber(1, 36_500),
  } satisfies Variable<number>,
  checkpointFile: {
    name: 'AUDIT_CHECKPOINT_FILE',
    meaning:
      "file in which the trail's newest signed checkpoint stands, hour by hour; unset: only the log has it",
    default: null,
    parse: (path: string) => resolve(path),
  } satisfies Variable<string>,
};

export const readAudit = (reader: VariableReader): AuditConfig => ({
  retentionDays: reader.readOptional(auditVariables.retentionDays),
  checkpointFile: reader.readOptional(auditVariables.checkpointFile),
});
