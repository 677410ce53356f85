import { MessageEvents } from '../../demo/stand-in/anthropic-events.mjs';
import type { Reply } from '../../demo/stand-in/behaviours.mjs';
import { ChunkEvents, type ChunkForm } from '../../demo/stand-in/chat-completions-events.mjs';
import { customChunks } from '../../demo/stand-in/custom.mjs';
import { deepseekChunks } from '../../demo/stand-in/deepseek.mjs';
import { CandidateEvents } from '../../demo/stand-in/google-events.mjs';
import { groqChunks } from '../../demo/stand-in/groq.mjs';
import { mistralChunks } from '../../demo/stand-in/mistral.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { openrouterChunks } from '../../demo/stand-in/openrouter.mjs';
import { xaiChunks } from '../../demo/stand-in/xai.mjs';
import type { ChatProviderId, SearchProviderId } from '../../src/providers/registry/provider-ids.js';

/** Writes one answer of a chat provider, piece by piece, in its own events. */
export interface Voice {
  text(text: string): string;
  reasoning(text: string): string;
  call(name: string, input: Readonly<Record<string, unknown>>): string;
  end(): string;
}

const inChunks = (form: ChunkForm) => (): Voice => {
  const events = new ChunkEvents(form, 'model');
  return {
    text: (text) => events.text(text),
    reasoning: (text) => events.reasoning(text),
    call: (name, input) =>
      events.beginCall(name) + events.argumentsDelta(JSON.stringify(input)) + events.endCall(),
    end: () => events.end(1),
  };
};

/** How each chat provider speaks. */
export const voices: Readonly<Record<ChatProviderId, () => Voice>> = {
  OPENAI: () => {
    const events = new ResponseEvents({ model: 'gpt' });
    return {
      text: (text) => events.textDelta(text),
      reasoning: (text) => events.reasoningDelta(text),
      call: (name, input) =>
        events.beginCall(name) + events.argumentsDelta(JSON.stringify(input)) + events.endCall(),
      end: () => events.end(1),
    };
  },
  ANTHROPIC: () => {
    const events = new MessageEvents('claude');
    return {
      text: (text) => events.beginText() + events.textDelta(text) + events.endText(),
      reasoning: (text) => events.beginThinking() + events.thinkingDelta(text) + events.endThinking(),
      call: (name, input) =>
        events.beginCall(name) + events.argumentsDelta(JSON.stringify(input)) + events.endCall(),
      end: () => events.end(),
    };
  },
  GOOGLE: () => {
    const events = new CandidateEvents('gemini', 1);
    return {
      text: (text) => events.text(text),
      reasoning: (text) => events.thought(text),
      call: (name, args) => events.call({ name, args }, 'CsgBstandin'),
      end: () => events.end(),
    };
  },
  OPENROUTER: inChunks(openrouterChunks),
  GROQ: inChunks(groqChunks),
  XAI: inChunks(xaiChunks),
  DEEPSEEK: inChunks(deepseekChunks),
  MISTRAL: inChunks(mistralChunks),
  CUSTOM: inChunks(customChunks),
};

/** One result, in no engine's dialect. */
export interface SpokenHit {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
  /** The page's text, where the engine brings it. */
  readonly content: string;
}

const ok = (body: object): Reply => ({ status: 200, body });

/** How each search engine shows one result: its answers, one for each request that Keystream makes. */
export const engineVoices: Readonly<Record<SearchProviderId, (hit: SpokenHit) => Reply[]>> = {
  FIRECRAWL: ({ title, url, snippet, content }) => [
    ok({ success: true, data: { web: [{ title, url, description: snippet, markdown: content }] } }),
  ],
  BRAVE: ({ title, url, snippet }) => [
    ok({ type: 'search', web: { results: [{ title, url, description: snippet }] } }),
  ],
  TAVILY: ({ title, url, snippet, content }) => [
    ok({ results: [{ title, url, content: snippet, raw_content: content, score: 0.5 }] }),
  ],
  SERPER: ({ title, url, snippet, content }) => [
    ok({ organic: [{ title, link: url, snippet }] }),
    ok({ markdown: content }),
  ],
};
