/**
 * Where a record belongs. It is authenticated with the record, so that one copied elsewhere does not open.
 * Neither secret nor stored with the envelope: who opens it says where it was found.
 */
export type SealContext =
  | {
      readonly purpose: 'api-key';
      readonly userId: string;
      readonly provider: string;
      /** The id of the row that holds the envelope. */
      readonly keyId: string;
    }
  | {
      readonly purpose: 'endpoint-key';
      readonly userId: string;
      readonly provider: string;
      /** The id of the row that holds the envelope. */
      readonly keyId: string;
      readonly endpointName: string;
      /** Where the key goes, and nowhere else: changed in the database, the record does not open. */
      readonly baseUrl: string;
    }
  | AttachmentContext
  | { readonly purpose: 'canary'; readonly environmentName: string }
  | {
      readonly purpose: 'audit-keys';
      readonly generation: string;
      /** In base64: the one that belongs to the sealed key. */
      readonly publicKey: string;
    }
  | TextContext;

/** The key of an attachment's content. */
export interface AttachmentContext {
  readonly purpose: 'attachment';
  readonly userId: string;
  /** The id of the row that holds the envelope. */
  readonly attachmentId: string;
}

/** What is no key: text that its owner is shown again. */
export type TextContext =
  | {
      readonly purpose: 'chat-record';
      readonly runKey: string;
      readonly chatId: string;
    }
  | { readonly purpose: 'chat-request'; readonly userId: string; readonly requestId: string }
  | { readonly purpose: 'tool-transcript'; readonly userId: string };

/** What texts are sealed one after the other for: each has its number there, too. */
export interface SeriesContext {
  readonly purpose: 'chat-events';
  readonly userId: string;
  readonly chatId: string;
}

/** Where a user's own key goes, and what the user calls it. */
export interface KeyEndpoint {
  readonly name: string;
  /** In the one form of `EndpointAddress`. */
  readonly baseUrl: string;
}

/** A stored key, and the endpoint that it is for; null where it is a provider's. */
export interface StoredKeyPlace {
  readonly userId: string;
  readonly provider: string;
  readonly id: string;
  readonly endpoint: KeyEndpoint | null;
}

/** Where a stored key's record belongs. */
export function contextOfKey({ userId, provider, id: keyId, endpoint }: StoredKeyPlace): SealContext {
  if (endpoint === null) return { purpose: 'api-key', userId, provider, keyId };
  const { name: endpointName, baseUrl } = endpoint;
  return { purpose: 'endpoint-key', userId, provider, keyId, endpointName, baseUrl };
}

/** The context's parts in a fixed order; the purpose, which comes first, says how many follow. */
export function contextParts(context: SealContext): readonly string[] {
  switch (context.purpose) {
    case 'api-key':
      return [context.purpose, context.userId, context.provider, context.keyId];
    case 'endpoint-key': {
      const { purpose, userId, provider, keyId, endpointName, baseUrl } = context;
      return [purpose, userId, provider, keyId, endpointName, baseUrl];
    }
    case 'attachment':
      return [context.purpose, context.userId, context.attachmentId];
    case 'canary':
      return [context.purpose, context.environmentName];
    case 'audit-keys':
      return [context.purpose, context.generation, context.publicKey];
    case 'chat-record':
      return [context.purpose, context.runKey, context.chatId];
    case 'chat-request':
      return [context.purpose, context.userId, context.requestId];
    case 'tool-transcript':
      return [context.purpose, context.userId];
  }
}
