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
  | { readonly purpose: 'canary'; readonly environmentName: string };

/** The context's parts in a fixed order; the purpose, which comes first, says how many follow. */
export function contextParts(context: SealContext): readonly string[] {
  switch (context.purpose) {
    case 'api-key':
      return [context.purpose, context.userId, context.provider, context.keyId];
    case 'canary':
      return [context.purpose, context.environmentName];
  }
}
