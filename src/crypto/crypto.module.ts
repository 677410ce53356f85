import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Keyring } from './keyring.js';
import { Vault } from './vault.js';

@Module({
  providers: [
    Vault,
    {
      provide: Keyring,
      inject: [Config],
      useFactory: ({ encryption }: Config) => new Keyring(encryption.currentKey, encryption.previousKeys),
    },
  ],
  exports: [Vault],
})
export class CryptoModule {}
