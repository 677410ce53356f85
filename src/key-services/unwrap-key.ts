import type { KeyObject } from 'node:crypto';
import { StartupError } from '../common/startup-error.js';
import { importUnwrappedKey } from '../config/encryption-key.js';
import { InvalidValueError } from '../config/variable.js';
import type { KeyServiceName } from '../config/wrapped-key.js';
import { askKeyService, NoAnswerError } from './ask-key-service.js';
import type { KeyService, SettingsOf, WrappedBy } from './key-service.js';

const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;

/**
 * Has a key service unwrap one key.
 *
 * @param name of the variable that holds it, for messages
 * @throws StartupError that says what is wrong, without a secret and without the service's own words
 */
export async function unwrapKey<Name extends KeyServiceName>(
  service: KeyService<Name>,
  settings: SettingsOf<Name>,
  key: WrappedBy<Name>,
  name: string,
): Promise<KeyObject> {
  const call = service.callFor(settings, key);
  const failed = (reason: string): StartupError =>
    new StartupError(
      `${name}: ${service.displayName} at ${new URL(call.url).host} did not unwrap it: ${reason}.`,
    );
  const { status, body } = await askKeyService(call).catch((error: unknown) => {
    throw error instanceof NoAnswerError ? failed(error.message) : error;
  });
  if (status !== 200) {
    throw failed(service.reasonOf(status, body) ?? `it answered with the status ${status}`);
  }
  const plaintext = service.plaintextIn(body);
  if (typeof plaintext !== 'string' || !BASE64.test(plaintext)) {
    throw failed('its answer is not what this service answers');
  }
  return importPlaintext(plaintext, (mistake) =>
    failed(`what it unwrapped is no encryption key: it ${mistake}`),
  );
}

function importPlaintext(base64: string, failed: (mistake: string) => StartupError): KeyObject {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(base64, 'base64'));
  try {
    const length = bytes.write(base64, 'base64');
    return importUnwrappedKey(bytes.subarray(0, length));
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw failed(error.message);
  } finally {
    bytes.fill(0);
  }
}
