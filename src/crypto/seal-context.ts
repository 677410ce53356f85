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
  | { readonly purpose: 'canary'; readonly environmentName: string }
  | TextContext;

/** What is no key: text that its owner is shown again. */
export type TextContext =
  | {
      readonly purpose: 'chat-log';
      readonly userId: string;
      readonly chatId: string;
      /** The number of the last event in the record; 0 for what is known of the chat itself. */
      readonly seq: number;
    }
  | { readonly purpose: 'chat-request'; readonly userId: string; readonly requestId: string };

/** The context's parts in a fixed order; the purpose, which comes first, says how many follow. */
export function contextParts(context: SealContext): readonly string[] {
  switch (context.purpose) {
    case 'api-key':
      return [context.purpose, context.userId, context.provider, context.keyId];
    case 'canary':
      return [context.purpose, context.environmentName];
    case 'chat-log':
      return [context.purpose, context.userId, context.chatId, String(context.seq)];
    case 'chat-request':
      return [context.purpose, context.userId, context.requestId];
  }
}
