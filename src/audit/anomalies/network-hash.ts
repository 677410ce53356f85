import { Injectable } from '@nestjs/common';
import { AuditKeyring } from '../chain/audit-keyring.js';

/**
 * Names networks by a keyed hash, so that the database does not say where users were. The key is one of the trail's.
 *
 * Where the keys change, their generation does: what was hashed under another one is not known any more.
 */
@Injectable()
export class NetworkHash {
  constructor(private readonly keyring: AuditKeyring) {}

  /** Of the key that {@link hash} uses: at least 1. */
  get generation(): number {
    return this.keyring.current.generation;
  }

  /** @param network as `192.0.2.0/24` */
  hash(network: string): string {
    return this.keyring.current.hashNetwork(network).toString('base64url');
  }
}
