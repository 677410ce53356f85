import { databaseUrl, directDatabaseUrl } from './database-url.js';
import type { GeneralConfig } from './general.js';
import { trueOrFalse } from './parsers.js';
import { sslMode } from './postgres-tls.js';
import type { DefaultedVariable, Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface DatabaseConfig {
  /** A PostgreSQL server, password included; null: the embedded database in the data directory. */
  readonly url: string | null;
  /** The same database with the role that owns the tables; null with {@link url}. */
  readonly migrationUrl: string | null;
}

/** Where migrations and maintenance find the database. */
export interface MigrationConfig extends DatabaseConfig, Pick<GeneralConfig, 'dataDirectory'> {
  /** The name of the variable that says where it is. */
  readonly migrationVariable: string;
}

export const databaseVariables = {
  url: {
    name: 'DATABASE_URL',
    meaning: 'postgresql://user:password@host:5432/database; unset: an embedded database in DATA_DIR',
    default: null,
    parse: databaseUrl,
    secret: true,
  } satisfies Variable<string>,
  migrationUrl: {
    name: 'MIGRATION_DATABASE_URL',
    meaning: 'the same database with the role that owns the tables, for migrations; unset: DATABASE_URL',
    default: null,
    parse: directDatabaseUrl,
    secret: true,
  } satisfies Variable<string>,
  tlsMode: {
    name: 'PGSSLMODE',
    meaning: "libpq's own: sslmode of the two URLs where they name none",
    default: null,
    parse: sslMode,
  } satisfies Variable<string>,
  allowEmbedded: {
    name: 'ALLOW_EMBEDDED_DATABASE',
    meaning: 'true lets production run on the embedded database',
    default: 'false',
    parse: trueOrFalse,
  } satisfies DefaultedVariable<boolean>,
};

export function readDatabase(reader: VariableReader, { production }: GeneralConfig): DatabaseConfig {
  const { url: urlVariable, migrationUrl: migrationVariable, tlsMode, allowEmbedded } = databaseVariables;
  const url = reader.readOptional(urlVariable);
  const migrationUrl = reader.readOptional(migrationVariable) ?? url;
  const embeddedAllowed = reader.read(allowEmbedded);
  if (!reader.isSet(urlVariable)) {
    if (production && !embeddedAllowed) {
      reader.report(urlVariable, `is required in production, unless ${allowEmbedded.name}=true`);
    }
    if (reader.isSet(migrationVariable)) {
      reader.report(migrationVariable, `has no effect without ${urlVariable.name}; set both or none`);
    }
  }
  reader.readOptional(tlsMode);
  return { url, migrationUrl };
}

export function migrationConfig(
  reader: VariableReader,
  { dataDirectory }: GeneralConfig,
  database: DatabaseConfig,
): MigrationConfig {
  const { url, migrationUrl } = databaseVariables;
  const migrationVariable = (reader.isSet(migrationUrl) ? migrationUrl : url).name;
  return { ...database, dataDirectory, migrationVariable };
}
