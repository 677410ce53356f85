import { Injectable } from '@nestjs/common';
import { AccessTokensRepository } from '../access-tokens/access-tokens.repository.js';
import { KeyAlertsRepository } from '../alerts/key-alerts.repository.js';
import { AttachmentsService } from '../attachments/attachments.service.js';
import { AnomalyRepository } from '../audit/anomalies/anomaly.repository.js';
import { AuditRepository, toModel } from '../audit/audit.repository.js';
import {
  type KeyHour,
  type ModelHour,
  type UsageHour,
  UsageHoursRepository,
} from '../audit/usage-hours.repository.js';
import { KeptChats } from '../chat/kept-chats.js';
import { KeysService } from '../keys/keys.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { MyDataService } from './my-data.service.js';

/** One line. Its `type` says what it is; the rest is as the API has it. */
type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Rows that are read at a time: each page is a query of its own, so that no transaction is open while the client reads. */
const PAGE = 200;

/** Gives a user all that is kept of them, without secrets. */
@Injectable()
export class ExportService {
  constructor(
    private readonly settings: SettingsService,
    private readonly keys: KeysService,
    private readonly usage: UsageHoursRepository,
    private readonly audit: AuditRepository,
    private readonly chats: KeptChats,
    private readonly data: MyDataService,
    private readonly alerts: KeyAlertsRepository,
    private readonly anomalies: AnomalyRepository,
    private readonly accessTokens: AccessTokensRepository,
    private readonly attachments: AttachmentsService,
  ) {}

  /** As JSON lines. The last one says how many came before it: without it the export is not complete. */
  async *lines(userId: string): AsyncGenerator<string, void> {
    let count = 0;
    for await (const line of this.#all(userId)) {
      count += 1;
      yield toJson(line);
    }
    yield toJson({ type: 'end', lines: count });
  }

  async *#all(userId: string): AsyncGenerator<Line, void> {
    yield { type: 'export', version: 1, userId, at: new Date() };
    yield toLine('settings', await this.settings.find(userId));
    yield* this.#keys(userId);
    // Those that have expired, too.
    for (const token of await this.accessTokens.list(userId, new Date(0))) yield toLine('accessToken', token);
    yield* this.#attachments(userId);
    yield* pagesOf('usageHour', (after: UsageHour | null) => this.usage.listHours(userId, PAGE, after));
    yield* pagesOf('modelHour', (after: ModelHour | null) => this.usage.listModelHours(userId, PAGE, after));
    yield* pagesOf('keyHour', (after: KeyHour | null) => this.usage.listKeyHours(userId, PAGE, after));
    yield* this.#events(userId);
    yield* this.#alerts(userId);
    for (const network of await this.anomalies.findNetworks(userId)) yield toLine('knownNetwork', network);
    for (const chatId of await this.data.findChats(userId)) {
      for await (const event of this.chats.eventsOf(userId, chatId)) yield toLine('chatEvent', event);
    }
  }

  /** Without their contents, which the user has. */
  async *#attachments(userId: string): AsyncGenerator<Line, void> {
    for (let after: string | null = null; ;) {
      const { attachments, next } = await this.attachments.list(userId, PAGE, after);
      for (const { id, name, mimeType, bytes, createdAt, expiresAt } of attachments)
        yield toLine('attachment', { id, name, mimeType, bytes, createdAt, expiresAt });
      if (next === null) return;
      after = next;
    }
  }

  async *#alerts(userId: string): AsyncGenerator<Line, void> {
    for (let afterId: string | null = null; ;) {
      const alerts = await this.alerts.list(userId, PAGE, afterId);
      for (const alert of alerts) yield toLine('keyAlert', alert);
      afterId = alerts.at(-1)?.id ?? null;
      if (alerts.length < PAGE) return;
    }
  }

  async *#keys(userId: string): AsyncGenerator<Line, void> {
    for (let after: string | null = null; ;) {
      const { edges, pageInfo } = await this.keys.listHistory(userId, { first: PAGE, after });
      for (const { node } of edges) yield toLine('apiKey', node);
      if (!pageInfo.hasNextPage) return;
      after = pageInfo.endCursor;
    }
  }

  async *#events(userId: string): AsyncGenerator<Line, void> {
    for (let afterId: string | null = null; ;) {
      const rows = await this.audit.list(userId, {}, PAGE, afterId);
      for (const row of rows) yield toLine('auditEvent', toModel(row));
      afterId = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE) return;
    }
  }
}

/** @param list the rows after one of them, a page of them at most */
async function* pagesOf<Row extends object>(
  type: string,
  list: (after: Row | null) => Promise<Row[]>,
): AsyncGenerator<Line, void> {
  for (let after: Row | null = null; ;) {
    const rows: Row[] = await list(after);
    for (const row of rows) yield toLine(type, row);
    after = rows.at(-1) ?? null;
    if (rows.length < PAGE) return;
  }
}

const toLine = (type: string, content: object): Line => Object.assign({ type }, content);

const toJson = (line: Line): string =>
  `${JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}\n`;
