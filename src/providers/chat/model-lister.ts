import type { KeyMask } from '../../common/key-mask.js';
import type { Secret } from '../../common/secret.js';
import type { ListedModel } from './listed-model.js';

/** Lists models, with the API's own call for it. */
export interface ModelLister {
  /**
   * @param mask of the key
   * @throws as `listModels`; `signal.reason` after an abort
   */
  list(key: Secret, mask: KeyMask, signal: AbortSignal): Promise<readonly ListedModel[]>;
}
