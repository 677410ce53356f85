import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Keyring, keyringOf } from './keyring.js';
import { Vault } from './vault.js';

@Module({
  providers: [
    Vault,
    {
      provide: Keyring,
      inject: [Config],
      useFactory: ({ encryption }: Config) => keyringOf(encryption),
    },
  ],
  exports: [Vault],
})
export class CryptoModule {}
