import { isJsonObject } from '../common/is-json-object.js';
import { signInUrl } from '../config/url-parsers.js';
import { InvalidValueError, type ValueRules } from '../config/variable.js';

/** What the page needs of a provider's discovery document, by the names that it has there. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
  readonly revocation_endpoint?: string;
}

/** Why a document is of no use, in our own words. */
export class UnfitMetadataError extends Error {}

const MAX_URL_LENGTH = 2_048;

/** What a provider may do without; some say null for what they have not. */
const OPTIONAL = ['end_session_endpoint', 'revocation_endpoint'] as const;

/**
 * @param onLeftOut called with why an endpoint is left out that the page can do without
 * @throws UnfitMetadataError for a document of another issuer (RFC 8414 section 3.3), and where an endpoint that the page needs
 * is none that browsers should be sent to
 */
export function readProviderMetadata(
  document: unknown,
  issuer: string,
  rules: ValueRules,
  onLeftOut: (error: UnfitMetadataError) => void,
): ProviderMetadata {
  if (!isJsonObject(document)) throw new UnfitMetadataError('it is no object');
  if (document.issuer !== issuer) throw new UnfitMetadataError('its issuer is another');
  const endpointAt = (name: string): string | null => {
    const value = document[name] ?? null;
    return value === null ? null : endpoint(value, name, rules);
  };
  const required = (name: string): string => {
    const address = endpointAt(name);
    if (address === null) throw new UnfitMetadataError(`it has no ${name}`);
    return address;
  };
  const optional = (name: string): string | null => {
    try {
      return endpointAt(name);
    } catch (error) {
      if (!(error instanceof UnfitMetadataError)) throw error;
      onLeftOut(error);
      return null;
    }
  };
  return {
    issuer,
    authorization_endpoint: required('authorization_endpoint'),
    token_endpoint: required('token_endpoint'),
    ...Object.fromEntries(
      OPTIONAL.map((name) => [name, optional(name)] as const).filter(([, address]) => address !== null),
    ),
  };
}

function endpoint(value: unknown, name: string, rules: ValueRules): string {
  try {
    if (typeof value === 'string' && value.length <= MAX_URL_LENGTH) return signInUrl(value, rules).href;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
  }
  throw new UnfitMetadataError(`its ${name} is no address that a browser may be sent to`);
}
