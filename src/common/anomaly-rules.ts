/** What a user can be told of: something about their own keys. They may mute each of these. */
export const ownerRules = [
  'BURST',
  'REPEATED_KEY_REJECTED',
  'NEW_MODEL',
  'NEW_NETWORK',
  'DECRYPTION_FAILED',
  'RETIRED_KEY_SEEN',
] as const;
export type OwnerRule = (typeof ownerRules)[number];

/** What has no user: something that comes from a network, for the operator. */
export const networkRules = ['KEY_STUFFING', 'FAILED_TOKENS'] as const;
export type NetworkRule = (typeof networkRules)[number];

/** The names of all rules that watch the trail: a closed set. */
export const anomalyRules = [...ownerRules, ...networkRules] as const;
export type AnomalyRule = OwnerRule | NetworkRule;
