import type { Secret } from '../../../common/secret.js';
import type { ChatDialect, ModelListCall, ToFailure } from '../chat-dialect.js';
import type { ReasoningEffort } from '../contract.js';
import type { AdditionName } from '../refused-addition.error.js';
import { listOrNull, valueAt } from '../value-at.js';
import { ChatCompletionsDecoder } from './chat-completions-decoder.js';
import type { ToPdf } from './chat-completions-parts.js';
import { toBody } from './chat-completions-request.js';
import type { ResponseFormat } from './response-format.js';
import type { SayAgain } from './said-again.js';

/** What an API of this dialect has of its own. What its document does not have is not sent: some refuse the request then. */
export interface ChatCompletionsTraits {
  /** What stands between its address and `/chat/completions`. Empty where the address has it, as that of the `openai` package. */
  readonly versionPath: string;
  /** The field that limits the answer's tokens. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Whether it reports usage only where `stream_options` asks for it. */
  readonly hasStreamOptions: boolean;
  /** It takes instructions at the beginning of a conversation only. */
  readonly takesInstructionsFirst?: true;
  /** It says with the usage what that costs, in dollars. */
  readonly reportsCost?: true;
  /** The models whose requests are cached only where they are marked. */
  readonly wantsCacheMarks?: RegExp;
  /** The fields that make a model reason as asked for, and tell its reasoning from its text. */
  readonly toReasoning: (
    model: string,
    effort: ReasoningEffort | undefined,
    without: ReadonlySet<AdditionName>,
  ) => Readonly<Record<string, unknown>>;
  /** How it takes a PDF, where it is not as OpenAI does. */
  readonly toPdf?: ToPdf;
  /** How a turn that called tools is said again, with its reasoning. */
  readonly sayAgain: SayAgain;
  /** How a model is asked for an answer that fits a schema. */
  readonly toResponseFormat: (model: string) => ResponseFormat;
  readonly toFailure: ToFailure;
  /** How it lists its models, where it is not as OpenAI does, who has the ids and no more. */
  readonly models?: {
    /** In place of `/models`. */
    readonly path?: string;
    /** In place of `data`. */
    readonly field?: string;
    readonly toModel: ModelListCall['toModel'];
  };
  /** See {@link ChatDialect.keyCall}. */
  readonly keyCall?: ChatDialect['keyCall'];
}

/**
 * OpenAI's Chat Completions, which most providers and servers speak, each a little differently:
 * https://platform.openai.com/docs/api-reference/chat
 */
export function chatCompletions(traits: ChatCompletionsTraits): ChatDialect {
  const { versionPath, toFailure, keyCall } = traits;
  const { path = '/models', field = 'data', toModel = hasOnlyItsId } = traits.models ?? {};
  return {
    toRequest: (request, { api }, without) => ({
      url: `${api}${versionPath}/chat/completions`,
      body: toBody(traits, request, without),
    }),
    toKeyHeaders: (key: Secret) => ({ authorization: `Bearer ${key.reveal()}` }),
    createDecoder: (request) => new ChatCompletionsDecoder(request, traits),
    schemaRefusalOf: (demand) => traits.toResponseFormat(demand.model).refusalOf(demand),
    toFailure,
    models: {
      toRequest: ({ api }) => ({ url: `${api}${versionPath}${path}` }),
      entriesIn: (answer) => listOrNull(answer, field),
      toModel,
    },
    ...(keyCall && { keyCall }),
  };
}

const hasOnlyItsId: ModelListCall['toModel'] = (entry) => ({ id: valueAt(entry, 'id') });
