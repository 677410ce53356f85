import { anthropic } from './anthropic.mjs';
import { brave } from './brave.mjs';
import { firecrawl } from './firecrawl.mjs';
import { google } from './google.mjs';
import { openai } from './openai.mjs';
import { serper } from './serper.mjs';
import { tavily } from './tavily.mjs';

/** Every service that the stand-in plays. @type {readonly import('./service.mjs').Service[]} */
export const services = [openai, anthropic, google, firecrawl, brave, tavily, serper];
