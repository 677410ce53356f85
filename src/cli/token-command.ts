import { parseArgs } from 'node:util';
import { issueToken } from '../auth/issue-token.js';
import { isUserId } from '../auth/user-id.js';
import { StartupError } from '../common/startup-error.js';
import { loadConfig } from '../config/load-config.js';

const usage =
  'Usage: npm run token -- --user <id> [--ttl <number>s|m|h|d]   (--ttl 1h unless told otherwise)';

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
 * @throws StartupError with what to tell the operator
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
  const { user, ttl } = parseOptions(commandLine);
  if (user === undefined) throw new StartupError(`--user is missing.\n${usage}`);
  if (!isUserId(user)) {
    throw new StartupError(`--user takes 1 to 255 characters without control characters.\n${usage}`);
  }
  return { userId: user, lifetimeSeconds: parseLifetime(ttl) };
}

function parseOptions(commandLine: readonly string[]): { user?: string; ttl: string } {
  try {
    return parseArgs({
      args: [...commandLine],
      options: { user: { type: 'string' }, ttl: { type: 'string', default: '1h' } },
    }).values;
  } catch (error) {
    throw new StartupError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function parseLifetime(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (!(seconds <= LONGEST_SECONDS)) {
    throw new StartupError(`--ttl takes a lifetime such as 30m, 1h or 7d, 365d at most.\n${usage}`);
  }
  return seconds;
}
