import { anthropic } from './anthropic.mjs';
import { brave } from './brave.mjs';
import { custom } from './custom.mjs';
import { deepseek } from './deepseek.mjs';
import { firecrawl } from './firecrawl.mjs';
import { google } from './google.mjs';
import { groq } from './groq.mjs';
import { mistral } from './mistral.mjs';
import { openai } from './openai.mjs';
import { openrouter } from './openrouter.mjs';
import { serper } from './serper.mjs';
import { tavily } from './tavily.mjs';
import { xai } from './xai.mjs';

/** Every service that the stand-in plays. @type {readonly import('./service.mjs').Service[]} */
export const services = [
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
];
