import { anthropic } from '../providers/adapters/anthropic.provider.js';
import { google } from '../providers/adapters/google.provider.js';
import { openai } from '../providers/adapters/openai.provider.js';
import { brave } from '../search/adapters/brave.engine.js';
import { firecrawl } from '../search/adapters/firecrawl.engine.js';
import { serper } from '../search/adapters/serper.engine.js';
import { tavily } from '../search/adapters/tavily.engine.js';

/**
 * Every provider that Keystream knows. Their order within a kind is the order in which resolution tries them.
 * GraphQL enums and descriptions, validation, configuration, storage and resolution derive from this list: outside its own
 * files, a new provider changes no running code but this list (docs/adding-a-provider.md).
 */
export const registry = [openai, anthropic, google, firecrawl, brave, tavily, serper] as const;
