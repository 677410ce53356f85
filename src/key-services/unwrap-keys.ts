import { KeyObject } from 'node:crypto';
import { StartupError } from '../common/startup-error.js';
import { type EncryptionConfig, type EncryptionKey, encryptionVariables } from '../config/encryption.js';
import { type KeyServicesConfig, noKeyServices } from '../config/key-services.js';
import type { WrappedKey } from '../config/wrapped-key.js';

/**
 * The same keys, those that a key service wrapped unwrapped by it: once, before anything listens. Afterwards nothing is
 * asked of it, and what authenticated us there is gone from the configuration.
 *
 * @throws StartupError that names every key that could not be unwrapped, and why
 */
export async function unwrapKeys(encryption: EncryptionConfig): Promise<EncryptionConfig> {
  const { currentKey, previousKeys, keyServices } = encryption;
  const keys = [currentKey, ...previousKeys];
  if (keys.every((key) => key instanceof KeyObject)) return encryption;
  const outcomes = await Promise.allSettled(
    keys.map((key, index) => unwrapUnlessClear(key, keyServices, nameOf(index))),
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const unforeseen = failures.find((failure) => !(failure instanceof StartupError));
  if (unforeseen !== undefined) throw unforeseen as Error;
  if (failures.length > 0)
    throw new StartupError(failures.map((failure) => (failure as Error).message).join('\n'));
  const [current, ...previous] = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  destroySecrets(keyServices);
  return { currentKey: current ?? currentKey, previousKeys: previous, keyServices: noKeyServices };
}

function nameOf(index: number): string {
  const { wrapped, previous } = encryptionVariables;
  return index === 0 ? wrapped.name : `${previous.name}, item ${index}`;
}

async function unwrapUnlessClear(
  key: EncryptionKey,
  services: KeyServicesConfig,
  name: string,
): Promise<KeyObject> {
  if (key instanceof KeyObject) return key;
  // Loaded when configured: few are.
  const { unwrapKey } = await import('./unwrap-key.js');
  switch (key.service) {
    case 'aws-kms': {
      const { awsKms } = await import('./aws-kms.js');
      return unwrapKey(awsKms, settingsFor(services['aws-kms'], key), key, name);
    }
    case 'vault': {
      const { vaultTransit } = await import('./vault-transit.js');
      return unwrapKey(vaultTransit, settingsFor(services.vault, key), key, name);
    }
  }
}

function settingsFor<Settings>(settings: Settings | null, { service }: WrappedKey): Settings {
  if (settings === null) throw new Error(`The configuration was loaded without ${service}.`);
  return settings;
}

function destroySecrets({ 'aws-kms': kms, vault }: KeyServicesConfig): void {
  kms?.secretAccessKey.destroy();
  kms?.sessionToken?.destroy();
  vault?.token.destroy();
}
