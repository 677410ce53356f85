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

/**
 * @throws UnfitMetadataError for a document of another issuer (RFC 8414 section 3.3), and for endpoints that browsers should
 * not be sent to
 */
export function readProviderMetadata(document: unknown, issuer: string, rules: ValueRules): ProviderMetadata {
  if (!isJsonObject(document)) throw new UnfitMetadataError('it is no object');
  if (document.issuer !== issuer) throw new UnfitMetadataError('its issuer is another');
  const required = (name: string): string => {
    if (document[name] === undefined) throw new UnfitMetadataError(`it has no ${name}`);
    return endpoint(document[name], name, rules);
  };
  const optional = <Name extends string>(name: Name): Partial<Record<Name, string>> =>
    document[name] === undefined
      ? {}
      : ({ [name]: endpoint(document[name], name, rules) } as Record<Name, string>);
  return {
    issuer,
    authorization_endpoint: required('authorization_endpoint'),
    token_endpoint: required('token_endpoint'),
    ...optional('end_session_endpoint'),
    ...optional('revocation_endpoint'),
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
