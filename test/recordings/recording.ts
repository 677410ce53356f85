import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerSentEventParser } from '../../src/outbound/server-sent-event-parser.js';
import { UpstreamError } from '../../src/outbound/upstream-error.js';
import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import { openai } from '../../src/providers/chat/openai/openai.provider.js';
import type { ChatPart, ChatProviderEntry } from '../../src/providers/chat/contract.js';
import { deepseek } from '../../src/providers/chat/deepseek/deepseek.provider.js';
import { groq } from '../../src/providers/chat/groq/groq.provider.js';
import { mistral } from '../../src/providers/chat/mistral/mistral.provider.js';
import { openrouter } from '../../src/providers/chat/openrouter/openrouter.provider.js';
import { xai } from '../../src/providers/chat/xai/xai.provider.js';
import { searchTool } from '../contract/chat-adapter-tool-cases.js';

/** One answer that a provider really gave. */
export interface Recording {
  readonly name: string;
  /** Says which API it is, and which package reads it. */
  readonly folder: string;
  readonly entry: ChatProviderEntry;
  /** The data of its events. A line need not be JSON. */
  readonly lines: readonly string[];
}

/** Whose API a folder's recordings speak, and what of a line begins another answer of the same file. */
const folders: Readonly<
  Record<string, readonly [ChatProviderEntry, beginsAnother: (line: string, before: string) => boolean]>
> = {
  anthropic: [anthropic, (_, before) => before.includes('"type":"message_stop"')],
  google: [google, () => false],
  'openai-responses': [openai, (line) => line.startsWith('{"type":"response.created"')],
  azure: [openai, (line) => line.startsWith('{"type":"response.created"')],
  'open-responses-responses': [openai, (line) => line.startsWith('{"type":"response.created"')],
  'xai-responses': [openai, (line) => line.startsWith('{"type":"response.created"')],
  // OpenRouter speaks the dialect as OpenAI and Azure do.
  'openai-chat': [openrouter, () => false],
  'openai-compatible': [xai, () => false],
  groq: [groq, () => false],
  xai: [xai, () => false],
  deepseek: [deepseek, () => false],
  mistral: [mistral, () => false],
};

export function recordingsIn(directory: string): Recording[] {
  return Object.entries(folders).flatMap(([folder, [entry, beginsAnother]]) =>
    readdirSync(join(directory, folder)).flatMap((file) => {
      const lines = readFileSync(join(directory, folder, file), 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '');
      const answers: string[][] = [[]];
      for (const [index, line] of lines.entries()) {
        if (index > 0 && beginsAnother(line, lines[index - 1]!)) answers.push([]);
        answers.at(-1)!.push(line);
      }
      return answers.map((answer, index) => ({
        name: `${folder}/${file} ${index + 1}`,
        folder,
        entry,
        lines: answer,
      }));
    }),
  );
}

/** The recording as it comes over the wire. */
export function bytesOf({ entry, lines }: Recording, lineEnd: string): Buffer {
  const events = lines.map((line) => {
    const type = /^\{"type":"([^"]+)"/.exec(line)?.[1];
    const name = entry !== google && type !== undefined ? [`event: ${type}`] : [];
    return [...name, `data: ${line}`, '', ''].join(lineEnd);
  });
  return Buffer.from(events.join(''));
}

export interface Answer {
  readonly parts: readonly ChatPart[];
  /** Why it ended without a finish. */
  readonly code: string | null;
}

/** What our reader and decoder make of the pieces of a body. */
export function decode(entry: ChatProviderEntry, pieces: Iterable<Uint8Array>): Answer {
  const tools = { definitions: [searchTool], choice: 'AUTO' as const };
  const decoder = entry.dialect.createDecoder({ model: 'model', messages: [], tools });
  const parser = new ServerSentEventParser(4 * 1024 * 1024);
  const parts: ChatPart[] = [];
  const isFinished = (): boolean => parts.at(-1)?.type === 'finish';
  try {
    for (const piece of pieces) {
      for (const event of parser.feed(piece)) {
        if (!isFinished()) for (const part of decoder.push(event)) parts.push(part);
      }
    }
    if (!isFinished()) for (const part of decoder.end()) parts.push(part);
    return { parts, code: null };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { parts, code: error.code };
  }
}
