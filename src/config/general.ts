import { resolve } from 'node:path';
import { oneOf, simpleName } from './parsers.js';
import type { DefaultedVariable, Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

const nodeEnvironments = ['development', 'test', 'production'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface GeneralConfig {
  readonly nodeEnvironment: (typeof nodeEnvironments)[number];
  /** Whether the strict rules are on. */
  readonly production: boolean;
  /** Stored with the database's canary: data of another environment is refused by name. */
  readonly environmentName: string;
  readonly logLevel: (typeof logLevels)[number];
  /** Absolute path of the folder for the embedded database and development secrets. */
  readonly dataDirectory: string;
}

export const generalVariables = {
  nodeEnvironment: {
    name: 'NODE_ENV',
    meaning: 'development, test or production; production turns on the strict rules',
    default: 'development',
    parse: oneOf(...nodeEnvironments),
  } satisfies DefaultedVariable<GeneralConfig['nodeEnvironment']>,
  environmentName: {
    name: 'ENVIRONMENT_NAME',
    meaning:
      "stored with the database's canary, so that data of another environment is refused; unset: NODE_ENV",
    default: null,
    parse: simpleName,
  } satisfies Variable<string>,
  logLevel: {
    name: 'LOG_LEVEL',
    meaning: logLevels.join(', '),
    default: 'info',
    parse: oneOf(...logLevels),
  } satisfies DefaultedVariable<GeneralConfig['logLevel']>,
  dataDirectory: {
    name: 'DATA_DIR',
    meaning: 'folder of the embedded database and of the secrets made for development',
    default: './data',
    parse: (path: string) => resolve(path),
  } satisfies DefaultedVariable<string>,
};

export function readGeneral(reader: VariableReader): GeneralConfig {
  const nodeEnvironment = reader.read(generalVariables.nodeEnvironment);
  return {
    nodeEnvironment,
    production: nodeEnvironment === 'production',
    environmentName: reader.readOptional(generalVariables.environmentName) ?? nodeEnvironment,
    logLevel: reader.read(generalVariables.logLevel),
    dataDirectory: reader.read(generalVariables.dataDirectory),
  };
}
