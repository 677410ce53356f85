import { anthropic } from '../chat/anthropic/anthropic.provider.js';
import { google } from '../chat/google/google.provider.js';
import { openai } from '../chat/openai/openai.provider.js';
import { custom } from '../chat/custom/custom.provider.js';
import { deepseek } from '../chat/deepseek/deepseek.provider.js';
import { groq } from '../chat/groq/groq.provider.js';
import { mistral } from '../chat/mistral/mistral.provider.js';
import { openrouter } from '../chat/openrouter/openrouter.provider.js';
import { xai } from '../chat/xai/xai.provider.js';
import { brave } from '../search/brave/brave.engine.js';
import { firecrawl } from '../search/firecrawl/firecrawl.engine.js';
import { serper } from '../search/serper/serper.engine.js';
import { tavily } from '../search/tavily/tavily.engine.js';

/**
 * Every provider that Keystream knows. Their order within a kind is the order in which resolution tries them.
 * GraphQL enums and descriptions, validation, configuration, storage and resolution derive from this list: outside its own
 * files, a new provider changes no running code but this list (docs/adding-a-provider.md).
 */
export const registry = [
  openai,
  anthropic,
  google,
  openrouter,
  groq,
  xai,
  deepseek,
  mistral,
  custom,
  firecrawl,
  brave,
  tavily,
  serper,
] as const;
