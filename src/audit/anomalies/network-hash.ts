import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/**
 * Names networks by a keyed hash, so that the database does not say where users were.
 *
 * Where the key changes, its generation does: what was hashed under another one is not known any more.
 */
export abstract class NetworkHash {
  /** Of the key that {@link hash} uses: at least 1. */
  abstract readonly generation: number;

  /** @param network as `192.0.2.0/24` */
  abstract hash(network: string): Promise<string> | string;
}

const KEY_BYTES = 32;
const MOST_GENERATIONS = 2 ** 31 - 1;

/** With a key that is forgotten when the process ends: each start begins a generation of its own. */
@Injectable()
export class PassingNetworkHash extends NetworkHash {
  readonly generation = randomInt(1, MOST_GENERATIONS);
  readonly #key = randomBytes(KEY_BYTES);

  hash(network: string): string {
    return createHmac('sha256', this.#key).update(network).digest('base64url');
  }
}
