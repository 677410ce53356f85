import { issueToken } from '../auth/issue-token.js';
import { isUserId } from '../auth/user-id.js';
import { StartupError } from '../common/startup-error.js';
import { loadConfig } from '../config/load-config.js';
import { readOptions, UsageError } from './command-line.js';

const usage = {
  call: 'npm run token -- --user <id> [--ttl <number>s|m|h|d]',
  does: 'Prints a token that this server takes, and nothing else on standard output.',
  options: {
    '--user <id>': 'whose token it is: any id, such as alice',
    '--ttl <number>s|m|h|d': 'how long it is valid; 1h where that is left out, 365d at most',
  },
};

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const LONGEST_SECONDS = 365 * SECONDS.d;

export interface TokenCommandResult {
  readonly token: string;
  /** For stderr: stdout holds the token alone. */
  readonly warnings: readonly string[];
}

/**
 * Signs a token by the server's own configuration. It touches no database, so it works while the server runs.
 *
 * @throws StartupError with a message for the operator
 */
export async function tokenCommand(
  commandLine: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
): Promise<TokenCommandResult> {
  const { userId, lifetimeSeconds } = parseCommandLine(commandLine);
  // No provider's variable matters here.
  const { authentication, warnings } = loadConfig(environment, []);
  if (authentication.kind === 'key-set') {
    throw new StartupError(
      'AUTH_JWKS_URL is set: the tokens come from that OpenID provider, and this server cannot sign any.',
    );
  }
  return { token: await issueToken(authentication, userId, lifetimeSeconds), warnings };
}

function parseCommandLine(commandLine: readonly string[]): { userId: string; lifetimeSeconds: number } {
  const { user, ttl } = readOptions(commandLine, usage, {
    user: { type: 'string' },
    ttl: { type: 'string', default: '1h' },
  });
  if (user === undefined) throw new UsageError('--user is missing.', usage);
  if (!isUserId(user)) {
    throw new UsageError('--user takes 1 to 255 characters without control characters.', usage);
  }
  return { userId: user, lifetimeSeconds: parseLifetime(ttl) };
}

function parseLifetime(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (!(seconds <= LONGEST_SECONDS)) {
    throw new UsageError('--ttl takes a lifetime such as 30m, 1h or 7d, 365d at most.', usage);
  }
  return seconds;
}
