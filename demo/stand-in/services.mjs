import { anthropic } from './anthropic.mjs';
import { google } from './google.mjs';
import { openai } from './openai.mjs';

/** Every service that the stand-in plays. @type {readonly import('./service.mjs').Service[]} */
export const services = [openai, anthropic, google];
