import { Secret } from '../common/secret.js';
import { headerText, simpleName } from './parsers.js';
import { baseUrl } from './url-parsers.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';
import type { KeyServiceName } from './wrapped-key.js';

export interface KmsSettings {
  readonly region: string;
  /** Null: the public address of the region. */
  readonly endpoint: string | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | null;
}

export interface TransitSettings {
  readonly address: string;
  readonly token: Secret;
  readonly namespace: string | null;
}

/** How to reach the key services that have something to unwrap; null for the others. */
export interface KeyServicesConfig {
  readonly 'aws-kms': KmsSettings | null;
  readonly vault: TransitSettings | null;
}

export const noKeyServices: KeyServicesConfig = { 'aws-kms': null, vault: null };

const text = (name: string, meaning: string): Variable<string> => ({
  name,
  meaning,
  default: null,
  parse: headerText,
});
const secret = (name: string, meaning: string): Variable<string> => ({
  ...text(name, meaning),
  secret: true,
});

/** The services' own variables. They count only where something was wrapped by that service. */
export const keyServiceVariables = {
  region: {
    name: 'AWS_REGION',
    meaning: 'region of AWS KMS, for an encryption key that it wrapped',
    default: null,
    parse: simpleName,
  } satisfies Variable<string>,
  accessKeyId: secret('AWS_ACCESS_KEY_ID', 'who may decrypt with AWS KMS'),
  secretAccessKey: secret('AWS_SECRET_ACCESS_KEY', 'the secret of AWS_ACCESS_KEY_ID'),
  sessionToken: secret('AWS_SESSION_TOKEN', 'the token of temporary credentials of AWS'),
  endpoint: {
    name: 'AWS_ENDPOINT_URL_KMS',
    meaning: 'address of AWS KMS, such as a VPC endpoint; unset: the public one of AWS_REGION',
    default: null,
    parse: baseUrl(),
  } satisfies Variable<string>,
  address: {
    name: 'VAULT_ADDR',
    meaning: 'address of Vault or OpenBao, for an encryption key that its transit engine wrapped',
    default: null,
    parse: baseUrl(),
  } satisfies Variable<string>,
  token: secret('VAULT_TOKEN', 'token that may decrypt with that key of the transit engine'),
  namespace: text('VAULT_NAMESPACE', 'namespace of the transit engine; unset: the root'),
};

/** @param needed what wrapped something; a variable that it lacks is reported */
export function readKeyServices(
  reader: VariableReader,
  needed: ReadonlySet<KeyServiceName>,
): KeyServicesConfig {
  return {
    'aws-kms': needed.has('aws-kms') ? readKms(reader) : null,
    vault: needed.has('vault') ? readTransit(reader) : null,
  };
}

function readKms(reader: VariableReader): KmsSettings | null {
  const variables = keyServiceVariables;
  const because = 'is required to unwrap a key with AWS KMS';
  const region = reader.readRequired(variables.region, because);
  const accessKeyId = reader.readRequired(variables.accessKeyId, because);
  const secretAccessKey = reader.readRequired(variables.secretAccessKey, because);
  const sessionToken = reader.readOptional(variables.sessionToken);
  const endpoint = reader.readOptional(variables.endpoint);
  if (region === null || accessKeyId === null || secretAccessKey === null) return null;
  return {
    region,
    endpoint,
    accessKeyId,
    secretAccessKey: Secret.fromText(secretAccessKey),
    sessionToken: sessionToken === null ? null : Secret.fromText(sessionToken),
  };
}

function readTransit(reader: VariableReader): TransitSettings | null {
  const variables = keyServiceVariables;
  const because = 'is required to unwrap a key with Vault';
  const address = reader.readRequired(variables.address, because);
  const token = reader.readRequired(variables.token, because);
  const namespace = reader.readOptional(variables.namespace);
  return address === null || token === null ? null : { address, token: Secret.fromText(token), namespace };
}
