import aws4 from 'aws4';
import { isJsonObject } from '../common/is-json-object.js';
import type { KeyService } from './key-service.js';

/** Where a partition has no name of its own, it is the first. */
const domainOf = (region: string): string =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

const WRONG_CREDENTIALS =
  'it does not take the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (temporary ones need AWS_SESSION_TOKEN)';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html and its common errors */
const reasons: Readonly<Record<string, string>> = {
  AccessDeniedException: 'these credentials may not use the key that wrapped it: they need kms:Decrypt',
  DisabledException: 'the key that wrapped it is disabled in KMS',
  ExpiredTokenException: 'the temporary credentials in AWS_SESSION_TOKEN have expired',
  IncompleteSignatureException: WRONG_CREDENTIALS,
  IncorrectKeyException: 'another key wrapped it',
  InvalidCiphertextException:
    'it is damaged, or was wrapped in another region, or with an encryption context',
  InvalidSignatureException: `${WRONG_CREDENTIALS}, or this machine's clock is wrong`,
  KMSInvalidStateException:
    'the key that wrapped it cannot be used in its present state, such as pending deletion',
  KeyUnavailableException: 'the key that wrapped it is not available: try again',
  NotFoundException: 'the key that wrapped it does not exist in the region that AWS_REGION names',
  SignatureDoesNotMatch: `${WRONG_CREDENTIALS}, or this machine's clock is wrong`,
  ThrottlingException: 'too much is asked of it: try again',
  UnrecognizedClientException: WRONG_CREDENTIALS,
};

/** AWS KMS: one call of Decrypt, signed by Signature Version 4. A symmetric ciphertext names its own key. */
export const awsKms: KeyService<'aws-kms'> = {
  displayName: 'AWS KMS',
  callFor({ region, endpoint, accessKeyId, secretAccessKey, sessionToken }, { ciphertext }) {
    const url = new URL(endpoint ?? `https://kms.${region}.${domainOf(region)}`);
    const body = JSON.stringify({ CiphertextBlob: ciphertext });
    const path = url.pathname;
    const { headers } = aws4.sign(
      {
        service: 'kms',
        region,
        method: 'POST',
        path,
        body,
        headers: {
          host: url.host,
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'TrentService.Decrypt',
        },
      },
      {
        accessKeyId,
        secretAccessKey: secretAccessKey.reveal(),
        ...(sessionToken && { sessionToken: sessionToken.reveal() }),
      },
    );
    return { url: url.origin + path, headers: headers as Record<string, string>, body };
  },
  plaintextIn: (answer) => (isJsonObject(answer) ? answer.Plaintext : undefined),
  reasonOf(_status, answer) {
    const type = isJsonObject(answer) && typeof answer.__type === 'string' ? answer.__type : '';
    // Some endpoints write a namespace before it.
    const name = type.slice(type.lastIndexOf('#') + 1);
    return Object.hasOwn(reasons, name) ? (reasons[name] ?? null) : null;
  },
};
