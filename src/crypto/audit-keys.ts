import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { Secret } from '../common/secret.js';
import type { SealedEnvelope } from './envelope.js';
import { EnvelopeError } from './envelope-error.js';
import type { SealContext } from './seal-context.js';
import type { Vault } from './vault.js';

const KEY_BYTES = 32;
/** What comes before the seed of an Ed25519 key in PKCS #8 (RFC 8410 section 7), and before a public one in SPKI. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_BYTES_BEFORE_KEY = 12;

/** The keys of the trail as they are stored. */
export interface SealedAuditKeys {
  readonly generation: number;
  readonly envelope: string;
  /** In base64. */
  readonly publicKey: string;
}

/**
 * One generation of the trail's keys: for the MACs of its rows and links, to sign checkpoints, and to hash networks. They
 * are random, so that a change of ENCRYPTION_KEY changes none of them, and held by Node's key store.
 */
export class AuditKeys {
  readonly generation: number;
  /** The 32 bytes of the Ed25519 key that checkpoints are checked with. */
  readonly publicKey: Buffer;
  readonly #mac: KeyObject;
  readonly #signing: KeyObject;
  readonly #network: KeyObject;

  /** @param material the three keys; the caller overwrites it */
  private constructor(generation: number, material: Buffer) {
    this.generation = generation;
    const [mac, seed, network] = [0, 1, 2].map((place) =>
      material.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES),
    ) as [Buffer, Buffer, Buffer];
    this.#mac = createSecretKey(mac);
    this.#network = createSecretKey(network);
    const der = Buffer.concat([PKCS8_PREFIX, seed]);
    this.#signing = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    const spki = createPublicKey(this.#signing).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(SPKI_BYTES_BEFORE_KEY);
  }

  /** New ones. @returns them, and how they are stored */
  static create(
    vault: Vault,
    generation: number,
  ): { readonly keys: AuditKeys; readonly sealed: SealedAuditKeys & { readonly envelope: SealedEnvelope } } {
    const material = randomBytes(3 * KEY_BYTES);
    const secret = Secret.fromBytes(material);
    try {
      const keys = new AuditKeys(generation, material);
      const publicKey = keys.publicKey.toString('base64');
      const envelope = vault.seal(secret, placeOf({ generation, publicKey }));
      return { keys, sealed: { generation, envelope, publicKey } };
    } finally {
      material.fill(0);
      secret.destroy();
    }
  }

  /** @throws EnvelopeError, the same one for every fault */
  static open(vault: Vault, sealed: SealedAuditKeys): AuditKeys {
    const { generation, envelope } = sealed;
    const secret = vault.open(envelope, placeOf(sealed));
    try {
      const material = secret.revealBytes();
      if (material.length !== 3 * KEY_BYTES) throw new EnvelopeError();
      return new AuditKeys(generation, material);
    } finally {
      secret.destroy();
    }
  }

  /** Seals them anew, with the current key. @throws EnvelopeError, the same one for every fault */
  static reseal(vault: Vault, sealed: SealedAuditKeys): SealedEnvelope {
    return vault.reseal(sealed.envelope, placeOf(sealed));
  }

  /** HMAC-SHA-256 (RFC 2104) with the key for the trail. */
  mac(text: string): Buffer {
    return createHmac('sha256', this.#mac).update(text).digest();
  }

  /** A name for a network that says nothing about it to anyone without the key. */
  hashNetwork(network: string): Buffer {
    return createHmac('sha256', this.#network).update(network).digest();
  }

  /** Signs with Ed25519 (RFC 8032). */
  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.#signing);
  }
}

const placeOf = ({ generation, publicKey }: Omit<SealedAuditKeys, 'envelope'>): SealContext => ({
  purpose: 'audit-keys',
  generation: String(generation),
  publicKey,
});
