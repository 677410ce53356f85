import { resolve } from 'node:path';
import { oneOf, simpleName } from './parsers.js';
import { type DefaultedVariable, InvalidValueError, type Variable, type ValueRules } from './variable.js';
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

/** Node takes no other value than this for "off". With it, any attacker on the way can pose as a provider and take keys. */
function certificateChecks(text: string, rules?: ValueRules): string {
  if (text === '0' && rules?.production === true) {
    throw new InvalidValueError(
      'must not turn certificate checks off in production; name a private certificate authority with NODE_EXTRA_CA_CERTS',
    );
  }
  return text;
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
  certificateChecks: {
    name: 'NODE_TLS_REJECT_UNAUTHORIZED',
    meaning: "Node's own: 0 turns off the checks of certificates, and is refused in production",
    default: null,
    parse: certificateChecks,
  } satisfies Variable<string>,
  dataDirectory: {
    name: 'DATA_DIR',
    meaning: 'folder of the embedded database and of the secrets made for development',
    default: './data',
    parse: (path: string) => resolve(path),
  } satisfies DefaultedVariable<string>,
};

export function readGeneral(reader: VariableReader): GeneralConfig {
  reader.readOptional(generalVariables.certificateChecks);
  const nodeEnvironment = reader.read(generalVariables.nodeEnvironment);
  return {
    nodeEnvironment,
    production: reader.production,
    environmentName: reader.readOptional(generalVariables.environmentName) ?? nodeEnvironment,
    logLevel: reader.read(generalVariables.logLevel),
    dataDirectory: reader.read(generalVariables.dataDirectory),
  };
}
