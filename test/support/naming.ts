import { registry } from '../../src/providers/registry/registry.js';

/** Whether keys of a provider come each with an address. */
const isAddressed = (provider: string): boolean =>
  registry.some(({ id, environment }) => id === provider && environment === null);

/** How a chat names a provider: an endpoint of the user's has a name, and no default model. */
export const naming = (provider: string): Readonly<Record<string, string>> =>
  isAddressed(provider) ? { provider, endpoint: 'home', model: 'local-model' } : { provider };

/**
 * What the input of a key has beside the key: of an endpoint, its name and the stand-in's address.
 *
 * @param environment the variables that lead to the stand-in
 */
export const placing = (
  provider: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> =>
  isAddressed(provider)
    ? { provider, endpoint: { name: 'home', baseUrl: environment[`${provider}_BASE_URL`] } }
    : { provider };
