/** The version of OpenTelemetry's semantic conventions that the names below are taken from. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.37.0';

/**
 * Names of attributes, all of them: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/,
 * https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/; those that begin with `keystream` are ours.
 */
export const names = {
  errorType: 'error.type',
  finishedAs: 'keystream.outcome',
  httpStatus: 'http.response.status_code',
  inputTokens: 'gen_ai.usage.input_tokens',
  keySource: 'keystream.key.source',
  model: 'gen_ai.request.model',
  operation: 'gen_ai.operation.name',
  operationType: 'graphql.operation.type',
  outputTokens: 'gen_ai.usage.output_tokens',
  provider: 'gen_ai.provider.name',
  serviceName: 'service.name',
} as const;

/** The well-known names of providers whose ids differ from them; any other is called by its id, in lower case. */
const providers: Readonly<Record<string, string>> = {
  GOOGLE: 'gcp.gemini',
  XAI: 'x_ai',
  MISTRAL: 'mistral_ai',
};

export const providerName = (id: string): string => providers[id] ?? id.toLowerCase();
