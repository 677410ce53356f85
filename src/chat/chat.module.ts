import { Module } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { Config } from '../config/config.js';
import { JsonSchemasModule } from '../json-schemas/json-schemas.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { Vault } from '../crypto/vault.js';
import { KeyUseService } from '../keys/key-use.service.js';
import { KeysModule } from '../keys/keys.module.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { ServerPresence } from '../redis/server-presence.js';
import { WebSearchModule } from '../web-search/web-search.module.js';
import { ChatResolver } from './chat.resolver.js';
import { ConversationService } from './conversation/conversation.service.js';
import { ToolTranscripts } from './conversation/tool-transcripts.js';
import { OwnedRuns } from './owned/owned-runs.js';
import { KeptChats } from './kept-chats.js';
import { ChatService } from './chat.service.js';
import { ChatSourceFactory } from './owned/chat-source.factory.js';
import { LocalClaims } from './claims/local-claims.js';
import { RequestClaims } from './claims/request-claims.js';
import { RunStarter } from './owned/run-starter.js';
import { RemoteWatches } from './shared/remote-watches.js';
import { RunReaper } from './shared/run-reaper.js';
import { RunSealer } from './shared/run-sealer.js';
import { SharedClaims } from './shared/shared-claims.js';
import type { KeepTimes } from './shared/own-runs.js';
import { RunStore } from './shared/run-store.js';

/** Time for watchers on other servers to take the end of a chat that is not kept, in milliseconds. */
const LAST_READ_MS = 1_000;

const keepTimes = ({ chat }: Config): KeepTimes => ({
  runningMs: chat.maxDurationMs + Math.max(chat.retentionMs, LAST_READ_MS),
  endedMs: Math.max(chat.retentionMs, LAST_READ_MS),
});

/** What the servers share is null without Redis. */
@Module({
  imports: [AttachmentsModule, CryptoModule, JsonSchemasModule, KeysModule, WebSearchModule],
  providers: [
    ChatResolver,
    ConversationService,
    KeptChats,
    OwnedRuns,
    ChatService,
    ChatSourceFactory,
    RunStarter,
    ToolTranscripts,
    {
      provide: RunStore,
      inject: [RedisConnection, ServerPresence, Vault, Config],
      useFactory: (
        redis: RedisConnection | null,
        presence: ServerPresence | null,
        vault: Vault,
        config: Config,
      ) => redis && presence && new RunStore(redis, presence, new RunSealer(vault), keepTimes(config)),
    },
    {
      provide: RemoteWatches,
      inject: [RunStore],
      useFactory: (shared: RunStore | null) => shared && new RemoteWatches(shared),
    },
    {
      provide: RequestClaims,
      inject: [ServerPresence, Vault, RunStore],
      useFactory: (presence: ServerPresence | null, vault: Vault, runs: RunStore | null) =>
        presence && runs ? new SharedClaims(presence, vault, runs) : new LocalClaims(),
    },
    {
      provide: RunReaper,
      inject: [ServerPresence, RunStore, KeyUseService],
      useFactory: (presence: ServerPresence | null, runs: RunStore | null, uses: KeyUseService) =>
        presence && runs && new RunReaper(presence, runs, uses),
    },
  ],
  exports: [ChatService, KeptChats, OwnedRuns],
})
export class ChatModule {}
