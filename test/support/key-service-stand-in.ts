import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expectedAuthorization } from './signature-v4.js';

export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'a/secret+of/aws',
  sessionToken: 'a+session=',
};
export const TOKEN = 'hvs.a-token-of-vault';
export const NAMESPACE = 'team/blue';

export interface KeyServiceRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers in the place of its own answer. */
export type Answer = (response: ServerResponse) => void;

export const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/**
 * AWS KMS and Vault's transit engine on loopback, as far as unwrapping a key goes: they check what authenticates a request,
 * and "wrap" by a table.
 */
export class KeyServiceStandIn {
  readonly requests: KeyServiceRequest[] = [];
  /** In the place of what it would answer. */
  answer: Answer | null = null;
  readonly #plaintexts = new Map<string, Buffer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<KeyServiceStandIn> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const standIn = new KeyServiceStandIn(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const { url: path = '', headers } = request;
        standIn.requests.push({ path, headers, body });
        (standIn.answer ?? standIn.#answerTo({ path, headers, body }))(response);
      });
    });
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** The variables by which a server finds both, with what authenticates it. */
  get environment(): Record<string, string> {
    return {
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_KMS: this.url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      VAULT_ADDR: this.url,
      VAULT_TOKEN: TOKEN,
      VAULT_NAMESPACE: NAMESPACE,
    };
  }

  /** A value of ENCRYPTION_KEY_WRAPPED that comes to the plaintext. */
  wrap(service: 'aws-kms' | 'vault', plaintext: string | Buffer): string {
    const blob = Buffer.from(`blob ${String(this.#plaintexts.size)}`).toString('base64');
    const ciphertext = service === 'vault' ? `vault:v1:${blob}` : blob;
    this.#plaintexts.set(ciphertext, Buffer.from(plaintext));
    return service === 'vault' ? `vault:secrets/transit/keystream:${ciphertext}` : `aws-kms:${blob}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #answerTo(request: KeyServiceRequest): Answer {
    return request.headers['x-amz-target'] === undefined ? this.#asVault(request) : this.#asKms(request);
  }

  #asKms({ path, headers, body }: KeyServiceRequest): Answer {
    const { accessKeyId, secretAccessKey, sessionToken } = CREDENTIALS;
    const expected = expectedAuthorization(
      { method: 'POST', path, query: '', headers, body },
      accessKeyId,
      secretAccessKey,
    );
    if (headers.authorization !== expected || headers['x-amz-security-token'] !== sessionToken)
      return answering(400, {
        __type: 'UnrecognizedClientException',
        message: 'The security token is invalid.',
      });
    if (headers['x-amz-target'] !== 'TrentService.Decrypt')
      return answering(400, { __type: 'UnknownOperation' });
    if (headers['content-type'] !== 'application/x-amz-json-1.1') return answering(415, '');
    const plaintext = this.#plaintexts.get(
      String((JSON.parse(body) as { CiphertextBlob?: string }).CiphertextBlob),
    );
    return plaintext
      ? answering(200, {
          KeyId: 'arn:aws:kms:…',
          Plaintext: plaintext.toString('base64'),
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        })
      : answering(400, { __type: 'com.amazonaws.kms#InvalidCiphertextException' });
  }

  #asVault({ path, headers, body }: KeyServiceRequest): Answer {
    if (headers['x-vault-token'] !== TOKEN) return answering(403, { errors: ['permission denied'] });
    if (headers['x-vault-namespace'] !== NAMESPACE || path !== '/v1/secrets/transit/decrypt/keystream')
      return answering(404, { errors: [] });
    const plaintext = this.#plaintexts.get(String((JSON.parse(body) as { ciphertext?: string }).ciphertext));
    return plaintext
      ? answering(200, { request_id: 'a', data: { plaintext: plaintext.toString('base64') } })
      : answering(400, { errors: ['cipher: message authentication failed'] });
  }
}
