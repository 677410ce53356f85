import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ConsoleDoor } from './console-door.js';
import { ConsoleFiles } from './console-files.js';
import { SignInDiscovery } from './sign-in-discovery.js';

/**
 * The page at `/console`, from files of this server alone, in production, too. {@link ConsoleFiles} says what its folder holds.
 *
 * It is not called `console`, as the page's own folder is: the build empties `dist/console` for the page.
 */
@Module({})
export class ConsoleDoorModule {
  /** @param folder where the built page is */
  static register({ console: { isOn } }: Config, folder: string): DynamicModule {
    return {
      module: ConsoleDoorModule,
      // For what else leads there.
      global: true,
      imports: [OutboundModule],
      providers: [
        ConsoleDoor,
        SignInDiscovery,
        { provide: ConsoleFiles, useFactory: () => (isOn ? ConsoleFiles.find(folder) : null) },
      ],
      exports: [ConsoleDoor],
    };
  }
}
