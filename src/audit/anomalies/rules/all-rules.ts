import type { AnomalyRule } from '../../../common/anomaly-rules.js';
import { burst } from './burst.js';
import { decryptionFailed } from './decryption-failed.js';
import { failedTokens } from './failed-tokens.js';
import { keyStuffing } from './key-stuffing.js';
import { newModel } from './new-model.js';
import { newNetwork } from './new-network.js';
import { repeatedKeyRejected } from './repeated-key-rejected.js';
import { retiredKeySeen } from './retired-key-seen.js';
import type { Rule } from './rule.js';

const byName = {
  BURST: burst,
  REPEATED_KEY_REJECTED: repeatedKeyRejected,
  NEW_MODEL: newModel,
  NEW_NETWORK: newNetwork,
  DECRYPTION_FAILED: decryptionFailed,
  RETIRED_KEY_SEEN: retiredKeySeen,
  KEY_STUFFING: keyStuffing,
  FAILED_TOKENS: failedTokens,
} satisfies Readonly<Record<AnomalyRule, { readonly name: AnomalyRule }>>;

/** Every rule that watches the trail. Each finds the states that it has kept itself. */
export const allRules: readonly Rule[] = Object.values(byName);
