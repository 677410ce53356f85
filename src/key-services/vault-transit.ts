import { isJsonObject } from '../common/is-json-object.js';
import type { KeyService } from './key-service.js';

/** https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const reasons: Readonly<Record<number, string>> = {
  400: 'this key of the transit engine did not wrap it, or it is damaged, or of a version that may not be decrypted any more',
  403: 'VAULT_TOKEN is not valid (any more), or its policy does not allow update on <mount>/decrypt/<key>',
  404: 'there is no transit engine at this mount (VAULT_NAMESPACE may be missing or another one)',
  429: 'this is a standby, or too much is asked of it: VAULT_ADDR has to lead to the active server',
  472: 'this is a standby of another data centre: VAULT_ADDR has to lead to the active server',
  473: 'this is a standby: VAULT_ADDR has to lead to the active server',
  501: 'it is not initialized',
  503: 'it is sealed, or under maintenance',
};

/** The transit engine of Vault and of OpenBao: https://developer.hashicorp.com/vault/api-docs/secret/transit */
export const vaultTransit: KeyService<'vault'> = {
  displayName: 'Vault',
  callFor: ({ address, token, namespace }, { mount, key, ciphertext }) => ({
    url: `${address}/v1/${mount}/decrypt/${key}`,
    headers: {
      'content-type': 'application/json',
      'x-vault-request': 'true',
      'x-vault-token': token.reveal(),
      ...(namespace !== null && { 'x-vault-namespace': namespace }),
    },
    body: JSON.stringify({ ciphertext }),
  }),
  plaintextIn: (answer) =>
    isJsonObject(answer) && isJsonObject(answer.data) ? answer.data.plaintext : undefined,
  reasonOf: (status) => reasons[status] ?? null,
};
