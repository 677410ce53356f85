import { BadUserInputError } from '../common/input-errors.js';
import { MAX_TOKENS } from './access-token.model.js';

export class TooManyAccessTokensError extends BadUserInputError {
  constructor() {
    super([
      {
        path: 'input',
        message: `must be one of at most ${MAX_TOKENS} access tokens: revoke one that you have`,
      },
    ]);
  }
}
