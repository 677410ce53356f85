import { EndpointAddress, EndpointMistake, type EndpointPolicy } from '../common/endpoint-address.js';
import { BadUserInputError, type Violation } from '../common/input-errors.js';
import { getProviderEntry, isEndpointProvider, type ProviderId } from '../providers/registry/provider-ids.js';
import { checkAddressIsNotOf, checkNameIsNoKey, checkNameIsNotOf } from './key-shape.js';
import type { StoreApiKeyInput } from './keys.inputs.js';
import type { KeyEndpoint } from '../crypto/seal-context.js';

/**
 * The endpoint of a key that is to be stored, its address in its one form; null for a provider's key.
 *
 * @throws BadUserInputError BAD_USER_INPUT where it is missing or too much, its address is none that this server calls, or
 *   there is a key in its name or address
 */
export function readEndpoint(
  { provider, apiKey, endpoint }: Pick<StoreApiKeyInput, 'provider' | 'apiKey' | 'endpoint'>,
  policy: EndpointPolicy,
): KeyEndpoint | null {
  if (!isEndpointProvider(provider)) {
    if (endpoint) throw at('endpoint', 'must be left out: only keys for CUSTOM have one');
    return null;
  }
  if (!endpoint) throw at('endpoint', 'must say where the key goes');
  const { name, baseUrl } = endpoint;
  checkNameIsNoKey(name, 'input.endpoint.name');
  checkNameIsNotOf(apiKey, getProviderEntry(provider), name, 'input.endpoint.name');
  checkAddressIsNotOf(apiKey, baseUrl, 'input.endpoint.baseUrl');
  const address = readAddress(baseUrl);
  const refusal = policy.refusalOf(address);
  if (refusal !== null) throw at('endpoint.baseUrl', refusal);
  return { name, baseUrl: address.baseUrl };
}

function readAddress(text: string): EndpointAddress {
  try {
    return EndpointAddress.read(text);
  } catch (error) {
    if (error instanceof EndpointMistake) throw at('endpoint.baseUrl', error.message);
    throw error;
  }
}

/** Whether this server calls the address of a stored key: the operator may have changed the rule since. */
export function mayCall(endpoint: KeyEndpoint | null, policy: EndpointPolicy): boolean {
  if (endpoint === null) return true;
  try {
    return policy.refusalOf(EndpointAddress.read(endpoint.baseUrl)) === null;
  } catch (error) {
    if (error instanceof EndpointMistake) return false;
    throw error;
  }
}

const at = (field: string, message: string): BadUserInputError =>
  BadUserInputError.at(`input.${field}`, message);

/** What a request names. */
export interface NamedEndpoint {
  readonly provider?: ProviderId | null | undefined;
  readonly endpoint?: string | null | undefined;
  readonly model?: string | null | undefined;
}

/**
 * An endpoint serves only where provider, endpoint and model name it.
 *
 * @param prefix of the violations' paths
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkEndpointIsNamed({ provider, endpoint, model }: NamedEndpoint, prefix = ''): void {
  const lacksModel = provider && isEndpointProvider(provider) && !model;
  refuse([
    ...violationsOfEndpoint({ provider, endpoint }, prefix),
    ...(lacksModel
      ? [{ path: `${prefix}model`, message: 'must be named with this provider, which has no default' }]
      : []),
  ]);
}

/**
 * The same for a request that is about no model.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkEndpointStands(named: Omit<NamedEndpoint, 'model'>): void {
  refuse(violationsOfEndpoint(named, ''));
}

function violationsOfEndpoint(
  { provider, endpoint }: Omit<NamedEndpoint, 'model'>,
  prefix: string,
): readonly Violation[] {
  const takesOne = provider ? isEndpointProvider(provider) : false;
  if (takesOne === Boolean(endpoint)) return [];
  const message = takesOne
    ? 'must name one of your endpoints with this provider'
    : 'must be left out, unless the provider is CUSTOM';
  return [{ path: `${prefix}endpoint`, message }];
}

function refuse(violations: readonly Violation[]): void {
  if (violations.length > 0) throw new BadUserInputError(violations);
}
