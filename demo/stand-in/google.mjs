import { isSaid, textOfContent } from './content.mjs';
import { googleErrors } from './google-errors.mjs';
import { CandidateEvents } from './google-events.mjs';
import { countTokens, reasoning, respondTo, words } from './tools.mjs';

const STREAM_PATH = /^\/v1beta\/models\/([^/:]+):streamGenerateContent$/;

/** What Google sends of its hidden reasoning, and wants back with the part that it came with. */
const SIGNATURE = 'CsgBstandin';

/**
 * Google's Gemini API, streamed (`POST /v1beta/models/MODEL:streamGenerateContent?alt=sse`). The real one takes a key
 * in the URL, too; this one does not, for Keystream must never write one there.
 *
 * @type {import('./service.mjs').Service}
 */
export const google = {
  provider: 'GOOGLE',
  endpoints: { GOOGLE_BASE_URL: '/google' },
  keyShape: /^(AIza|AQ\.)[\w.-]{8,}$/,
  keyOf({ headers, query }) {
    const key = headers['x-goog-api-key'];
    return typeof key === 'string' && !query.has('key') ? key : null;
  },
  refuse: (exchange) => exchange.reply(googleErrors.badKey(exchange.key)),
  async answer(exchange, tools) {
    const { body, method, path, query } = exchange;
    if (method === 'GET' && path.startsWith('/v1beta/models?')) return exchange.reply(modelsIn(query));
    const model = STREAM_PATH.exec(path.split('?')[0] ?? '')?.[1];
    if (!model || query.get('alt') !== 'sse') return exchange.reply(googleErrors.unknownModel(path));
    if (hasUnsignedCall(body.contents)) return exchange.reply(googleErrors.missingSignature());
    if (hasUnansweredCall(body.contents)) return exchange.reply(googleErrors.missingResponse());
    const answer = new CandidateEvents(decodeURIComponent(model), countTokens(JSON.stringify(body.contents)));
    if (body.generationConfig?.thinkingConfig?.includeThoughts === true) {
      await tools.stream(words(reasoning), (word) => answer.thought(word));
    }
    const response = respondTo(questionIn(body));
    if ('text' in response) await tools.stream(words(response.text), (word) => answer.text(word));
    else {
      for (const [index, { tool: name, text }] of response.calls.entries()) {
        const call = { name, args: JSON.parse(text), id: crypto.randomUUID().slice(0, 8) };
        await exchange.write(answer.call(call, index === 0 ? SIGNATURE : undefined));
      }
    }
    exchange.end(answer.end());
  },
};

const models = [
  {
    name: 'models/gemini-3.1-flash-lite',
    displayName: 'Gemini 3.1 Flash-Lite',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    thinking: true,
  },
  {
    name: 'models/gemini-embedding-001',
    displayName: 'Gemini Embedding 001',
    inputTokenLimit: 2_048,
    outputTokenLimit: 1,
    supportedGenerationMethods: ['embedContent'],
  },
];

/** A page of the list: as many as are asked for, from the place that its token names. @param {URLSearchParams} query */
function modelsIn(query) {
  const from = Number(query.get('pageToken') ?? 0);
  const to = from + Number(query.get('pageSize') ?? 50);
  return {
    status: 200,
    body: { models: models.slice(from, to), ...(to < models.length && { nextPageToken: String(to) }) },
  };
}

/** @param {any} body @returns {import('./tools.mjs').Question} */
function questionIn({ contents, tools, toolConfig, generationConfig }) {
  const said = contents
    .filter((/** @type {any} */ { role }) => role === 'user')
    .map(partsOf)
    .findLast(isSaid);
  const mayCall = toolConfig?.functionCallingConfig?.mode !== 'NONE';
  return {
    name: 'Google',
    schema: generationConfig?.responseJsonSchema,
    text: textOfContent(said),
    tools: mayCall ? (tools?.[0]?.functionDeclarations ?? []).map((/** @type {any} */ { name }) => name) : [],
    results: contents
      .flatMap(partsOf)
      .filter((/** @type {any} */ { functionResponse }) => functionResponse)
      .map((/** @type {any} */ { functionResponse: { response } }) =>
        String(response.output ?? response.error ?? JSON.stringify(response)),
      ),
  };
}

/** Whether a turn's first call lacks its signature. @param {any[]} contents */
function hasUnsignedCall(contents) {
  return contents
    .map((content) => partsOf(content).find(({ functionCall }) => functionCall))
    .some((call) => call && !call.thoughtSignature);
}

/** Whether a turn's calls and the responses in the next turn are not as many. @param {any[]} contents */
function hasUnansweredCall(contents) {
  const count = (/** @type {any} */ content, /** @type {string} */ field) =>
    partsOf(content ?? {}).filter((part) => part[field]).length;
  return contents.some(
    (content, index) => count(content, 'functionCall') > count(contents[index + 1], 'functionResponse'),
  );
}

/** @param {any} content @returns {any[]} */
function partsOf({ parts = [] }) {
  return parts;
}
