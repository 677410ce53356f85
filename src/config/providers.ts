import { findOwnerMistake } from '../common/key-owner.js';
import {
  isOperated,
  type Operated,
  type ProviderDefinition,
  type ProviderKind,
  type ProviderSettings,
  type VariableWithDefault,
} from '../common/provider-definition.js';
import { Secret } from '../common/secret.js';
import { milliseconds, modelName, serverKey } from './parsers.js';
import { baseUrl } from './url-parsers.js';
import type { DefaultedVariable, Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface ProviderConfig {
  /** The server's own key; null where it has none. */
  readonly serverKey: Secret | null;
  /** The model of a chat that names none; null for what is no chat provider. */
  readonly defaultModel: string | null;
  /** What the provider's adapter is made with. */
  readonly settings: ProviderSettings;
}

export const timeoutVariables = {
  chatFirstByteMs: {
    name: 'CHAT_FIRST_BYTE_TIMEOUT_MS',
    meaning: "how long a chat waits for the first byte of a provider's answer, in milliseconds",
    default: '60000',
    parse: milliseconds(1),
  } satisfies DefaultedVariable<number>,
  chatIdleMs: {
    name: 'CHAT_IDLE_TIMEOUT_MS',
    meaning: "how long a chat waits between two bytes of a provider's answer, in milliseconds",
    default: '60000',
    parse: milliseconds(1),
  } satisfies DefaultedVariable<number>,
  searchMs: {
    name: 'SEARCH_TIMEOUT_MS',
    meaning: 'how long a web search may take, in milliseconds',
    default: '15000',
    parse: milliseconds(1),
  } satisfies DefaultedVariable<number>,
};

type OperatedProvider = ProviderDefinition & Operated;

function keyVariable({ environment, displayName, keyPrefixes }: OperatedProvider): Variable<string> {
  const meaning = `the server's own key for ${displayName}`;
  return {
    name: environment.apiKey,
    meaning,
    default: null,
    parse: serverKey(keyPrefixes.public),
    secret: true,
  };
}

function endpointVariable(
  { displayName }: ProviderDefinition,
  endpoint: string,
  { variable, default: address, acceptedSuffix }: VariableWithDefault,
): DefaultedVariable<string> {
  const service = endpoint === 'api' ? displayName : `${displayName}'s ${endpoint} service`;
  const meaning = `address of ${service}, without the API's version path`;
  return { name: variable, meaning, default: address, parse: baseUrl(acceptedSuffix) };
}

function modelVariable(
  { displayName }: ProviderDefinition,
  { variable, default: model }: VariableWithDefault,
): DefaultedVariable<string> {
  const meaning = `model of a chat with ${displayName} that names none`;
  return { name: variable, meaning, default: model, parse: modelName };
}

/** A provider's variables, as its definition names them: its key, its addresses and its default model. */
export function variablesOf(definition: ProviderDefinition): Variable<unknown>[] {
  if (!isOperated(definition)) return [];
  const { endpoints, defaultModel } = definition.environment;
  return [
    keyVariable(definition),
    ...Object.entries(endpoints).map(([name, endpoint]) => endpointVariable(definition, name, endpoint)),
    ...(defaultModel === undefined ? [] : [modelVariable(definition, defaultModel)]),
  ];
}

type Timeouts = Omit<ProviderSettings, 'endpoints'>;

function readTimeouts(reader: VariableReader): Record<ProviderKind, Timeouts> {
  const searchMs = reader.read(timeoutVariables.searchMs);
  return {
    CHAT: {
      firstByteTimeoutMs: reader.read(timeoutVariables.chatFirstByteMs),
      idleTimeoutMs: reader.read(timeoutVariables.chatIdleMs),
    },
    SEARCH: { firstByteTimeoutMs: searchMs, idleTimeoutMs: searchMs },
  };
}

/** A gateway may take any key: with an address of its own, a provider may be given another one's. */
function readServerKey(
  reader: VariableReader,
  definition: OperatedProvider,
  definitions: readonly ProviderDefinition[],
): string | null {
  const variable = keyVariable(definition);
  const key = reader.readOptional(variable);
  if (key === null) return null;
  const isAtHome = Object.entries(definition.environment.endpoints).every(
    ([name, endpoint]) => !reader.isSet(endpointVariable(definition, name, endpoint)),
  );
  const mistake = isAtHome ? findOwnerMistake(key, definition, definitions) : null;
  if (mistake !== null) reader.report(variable, mistake);
  return key;
}

function readProvider(
  reader: VariableReader,
  definition: ProviderDefinition,
  definitions: readonly ProviderDefinition[],
  timeouts: Timeouts,
): ProviderConfig {
  if (!isOperated(definition))
    return { serverKey: null, defaultModel: null, settings: { endpoints: {}, ...timeouts } };
  const { endpoints, defaultModel } = definition.environment;
  const key = readServerKey(reader, definition, definitions);
  const addresses = Object.entries(endpoints).map(([name, endpoint]) => [
    name,
    reader.read(endpointVariable(definition, name, endpoint)),
  ]);
  return {
    serverKey: key === null ? null : Secret.fromText(key),
    defaultModel: defaultModel === undefined ? null : reader.read(modelVariable(definition, defaultModel)),
    settings: { endpoints: Object.fromEntries(addresses) as Record<string, string>, ...timeouts },
  };
}

export function readProviders(
  reader: VariableReader,
  definitions: readonly ProviderDefinition[],
): ReadonlyMap<string, ProviderConfig> {
  const timeouts = readTimeouts(reader);
  return new Map(
    definitions.map((definition) => [
      definition.id,
      readProvider(reader, definition, definitions, timeouts[definition.kind]),
    ]),
  );
}
