import { turnIsOver } from '../../common/event-loop-turn.js';
import type { KeyMask } from '../../common/key-mask.js';
import {
  ProviderBadRequestError,
  ProviderUnavailableError,
  UnknownModelError,
} from '../../outbound/upstream-error.js';
import { askApi, type ApiCall } from './ask-api.js';
import type { ChatDialect } from './chat-dialect.js';
import { type ListedModel, toListedModel } from './listed-model.js';

/** Models of one list: more than any API has. What a longer one has behind them is left out. */
export const MAX_MODELS = 1_000;
/** Answers that one list may take. Those that have pages put a thousand models into one. */
const MAX_PAGES = 10;
/** No API's name for a place is nearly as long. */
const LONGEST_PLACE = 1_000;

/**
 * Lists the models that a key may chat with, as far as the API says so, in the API's order.
 *
 * @param mask of the key: an answer may hold it
 * @throws UpstreamError: KEY_REJECTED, KEY_EXHAUSTED, PROVIDER_BAD_REQUEST where the API has no such call,
 *   PROVIDER_RATE_LIMITED, PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_TRUNCATED
 */
export async function listModels(
  dialect: ChatDialect,
  call: Omit<ApiCall, 'dialect'>,
  mask: KeyMask,
): Promise<readonly ListedModel[]> {
  const { models } = dialect;
  const found = new Map<string, ListedModel>();
  let after: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const request = models.toRequest(call.settings.endpoints, { after });
    const answer = await askApi(request, { ...call, dialect }).catch(failAsList);
    const entries = models.entriesIn(answer);
    // Something else answers in the API's place.
    if (entries === null) throw new ProviderUnavailableError();
    for (const entry of entries) {
      const pause = turnIsOver();
      if (pause) await pause;
      call.signal.throwIfAborted();
      if (found.size === MAX_MODELS) return [...found.values()];
      const said = models.toModel(entry);
      const model = said && toListedModel(said, mask);
      if (model && !found.has(model.id)) found.set(model.id, model);
    }
    after = placeIn(models.nextIn?.(answer), mask);
    if (after === null) break;
  }
  return [...found.values()];
}

/** It goes into a URL, where the key does not belong. */
function placeIn(value: unknown, mask: KeyMask): string | null {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_PLACE) return null;
  return value.isWellFormed() && mask.text(value) === value ? value : null;
}

/** No model was named, nor any other input: who complains of one has no such call. */
function failAsList(error: unknown): never {
  const hasNoCall = error instanceof UnknownModelError || error instanceof ProviderBadRequestError;
  throw hasNoCall ? Object.assign(new ProviderBadRequestError(), { status: error.status }) : error;
}
