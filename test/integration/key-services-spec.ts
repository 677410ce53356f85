import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { StartupError } from '../../src/common/startup-error.js';
import { unwrapped } from '../../src/config/encryption.js';
import { loadVaultConfig } from '../../src/config/load-vault-config.js';
import { askKeyService } from '../../src/key-services/ask-key-service.js';
import { unwrapKeys } from '../../src/key-services/unwrap-keys.js';
import {
  type Answer,
  answering,
  CREDENTIALS,
  KeyServiceStandIn,
  TOKEN,
} from '../support/key-service-stand-in.js';
import { expectedAuthorization } from '../support/signature-v4.js';

const KEY = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
const OTHER_KEY = 'f4df1409a310982dd708613b072c351f81777d85f0ae732bbe71ca1510eb3d60';
const services = ['aws-kms', 'vault'] as const;
const displayNames = { 'aws-kms': 'AWS KMS', vault: 'Vault' };
/** What no message may hold. */
const secrets = [KEY, OTHER_KEY, CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken, TOKEN];

let standIn: KeyServiceStandIn;
let folder: string;
beforeEach(async () => {
  standIn = await KeyServiceStandIn.start();
  folder = mkdtempSync(join(tmpdir(), 'keystream-wrapped-'));
});
afterEach(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

const load = (environment: NodeJS.ProcessEnv) =>
  loadVaultConfig({ DATA_DIR: folder, ...standIn.environment, ...environment }).encryption;
const hexOf = (key: KeyObject): string => key.export().toString('hex');

async function keysOf(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { currentKey, previousKeys } = await unwrapKeys(load(environment));
  return [currentKey, ...previousKeys].map((key) => hexOf(unwrapped(key)));
}

/** What is said where it cannot be unwrapped: in words, and without a secret. */
async function refusalOf(environment: NodeJS.ProcessEnv): Promise<string> {
  const error: unknown = await keysOf(environment).then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(StartupError);
  const { message } = error as StartupError;
  for (const secret of secrets) expect(message).not.toContain(secret);
  expect(message).not.toContain('quoted');
  return message;
}

it('the signatures that the stand-in expects are those of AWS’s own example', () => {
  const headers = {
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=x',
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
  };
  const request = {
    method: 'GET',
    path: '/',
    query: 'Action=ListUsers&Version=2010-05-08',
    headers,
    body: '',
  };
  expect(expectedAuthorization(request, 'AKIDEXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')).toContain(
    'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});

describe.each(services)('a key that %s wrapped', (service) => {
  it.each([
    ['its 32 bytes', Buffer.from(KEY, 'hex')],
    ['64 hex characters', KEY],
    ['64 hex characters with a line break', `${KEY.toUpperCase()}\n`],
  ])('is unwrapped once, from %s', async (_, plaintext) => {
    expect(await keysOf({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, plaintext) })).toEqual([KEY]);
    expect(standIn.requests).toHaveLength(1);
  });

  it('may be a previous one', async () => {
    const previous = [standIn.wrap(service, OTHER_KEY), KEY.replace('6', '7')].join(',');
    expect(
      await keysOf({
        ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY),
        ENCRYPTION_KEYS_PREVIOUS: previous,
      }),
    ).toEqual([KEY, OTHER_KEY, KEY.replace('6', '7')]);
    expect(await keysOf({ ENCRYPTION_KEY: KEY, ENCRYPTION_KEYS_PREVIOUS: previous })).toHaveLength(3);
  });

  it('may stand in a file, and what authenticates us, too', async () => {
    const inFile = (name: string, value: string) => {
      writeFileSync(join(folder, name), `${value}\n`);
      return { [name]: undefined, [`${name}_FILE`]: join(folder, name) };
    };
    const environment = {
      ...inFile('ENCRYPTION_KEY_WRAPPED', standIn.wrap(service, KEY)),
      ...inFile('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId),
      ...inFile('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey),
      ...inFile('AWS_SESSION_TOKEN', CREDENTIALS.sessionToken),
      ...inFile('VAULT_TOKEN', TOKEN),
    };
    expect(await keysOf(environment)).toEqual([KEY]);
  });

  it('leaves nothing behind that authenticates us there', async () => {
    const encryption = load({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY) });
    const { 'aws-kms': kms, vault } = encryption.keyServices;
    const { keyServices } = await unwrapKeys(encryption);
    expect(keyServices).toEqual({ 'aws-kms': null, vault: null });
    for (const secret of [kms?.secretAccessKey, kms?.sessionToken, vault?.token]) {
      if (secret) expect(() => secret.reveal()).toThrow('destroyed');
    }
  });

  it('is refused where it is no key of ours', async () => {
    const wrapped = { ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY.slice(1)) };
    expect(await refusalOf(wrapped)).toContain(
      'what it unwrapped is no encryption key: it has 63 characters',
    );
    const weak = { ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, 'ab'.repeat(32)) };
    expect(await refusalOf(weak)).toContain('no encryption key: it repeats');
  });

  it('is refused where the service did not wrap it', async () => {
    const other = standIn.wrap(service, KEY).replace(/[^:]+$/, 'AAAA');
    expect(await refusalOf({ ENCRYPTION_KEY_WRAPPED: other })).toMatch(
      new RegExp(
        `^ENCRYPTION_KEY_WRAPPED: ${displayNames[service]} at 127\\.0\\.0\\.1:\\d+ did not unwrap it: .*damaged`,
      ),
    );
  });

  it('is refused where we are not who may unwrap it', async () => {
    const wrong = { AWS_SECRET_ACCESS_KEY: 'another', VAULT_TOKEN: 'another' };
    const message = await refusalOf({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY), ...wrong });
    expect(message).toContain(
      service === 'vault' ? 'VAULT_TOKEN is not valid' : 'does not take the credentials',
    );
  });

  const answers: readonly (readonly [what: string, answer: Answer, words: string])[] = [
    ['fails', answering(500, 'quoted'), 'it answered with the status 500'],
    [
      'refuses in words of its own',
      answering(418, { __type: 'quoted', errors: ['quoted'] }),
      'the status 418',
    ],
    ['has something else to say', answering(200, 'quoted'), 'not what this service answers'],
    ['answers without a plaintext', answering(200, { data: {} }), 'not what this service answers'],
    [
      'answers with no base64',
      answering(200, { Plaintext: '*', data: { plaintext: '*' } }),
      'not what this service answers',
    ],
    [
      'answers with too much',
      answering(200, `"${'quoted'.repeat(20_000)}"`),
      'not what this service answers',
    ],
    [
      'breaks off',
      (response) => response.writeHead(200, { 'content-length': '9' }).write('{', () => response.destroy()),
      'broke off',
    ],
    ['hangs up', (response) => response.destroy(), 'it cannot be reached'],
  ];
  it.each(answers)('is refused where the service %s', async (_, answer, words) => {
    standIn.answer = answer;
    expect(await refusalOf({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY) })).toContain(words);
  });

  it('goes nowhere else, whatever the service says', async () => {
    standIn.answer = answering(307, '', { location: `${standIn.url}/elsewhere` });
    expect(await refusalOf({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY) })).toContain(
      'a redirect (307)',
    );
    expect(standIn.requests).toHaveLength(1);
  });

  it('is refused where the service is away', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const away = `http://127.0.0.1:${String((closed.address() as AddressInfo).port)}`;
    closed.close();
    await once(closed, 'close');
    const environment = { VAULT_ADDR: away, AWS_ENDPOINT_URL_KMS: away };
    expect(await refusalOf({ ENCRYPTION_KEY_WRAPPED: standIn.wrap(service, KEY), ...environment })).toContain(
      'it cannot be reached (ECONNREFUSED)',
    );
  });
});

it('all keys that cannot be unwrapped are named at once', async () => {
  const message = await refusalOf({
    ENCRYPTION_KEY_WRAPPED: 'aws-kms:AAAA',
    ENCRYPTION_KEYS_PREVIOUS: `${KEY},vault:secrets/transit/keystream:vault:v1:AAAA`,
  });
  expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([
    'ENCRYPTION_KEY_WRAPPED',
    'ENCRYPTION_KEYS_PREVIOUS, item 2',
  ]);
});

it('a service that does not answer is waited for no longer than its time', async () => {
  standIn.answer = () => undefined;
  const call = { url: standIn.url, headers: {}, body: '' };
  await expect(askKeyService(call, 50)).rejects.toThrow('it did not answer within 0.05 s');
  standIn.answer = (response) => response.writeHead(200).write('{');
  await expect(askKeyService(call, 50)).rejects.toThrow('it did not answer within 0.05 s');
});
