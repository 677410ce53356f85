import { StartupError } from '../common/startup-error.js';
import type { VaultState } from '../prisma/generated/client.js';

/** @throws StartupError where the database belongs to another environment than ours */
export function checkEnvironment(
  { environmentName }: Pick<VaultState, 'environmentName'>,
  ours: string,
): void {
  if (environmentName === ours) return;
  throw new StartupError(
    `This database belongs to the environment "${environmentName}", and this server to "${ours}". ` +
      'Environments do not share data: check DATABASE_URL (or DATA_DIR), and ENVIRONMENT_NAME or NODE_ENV.',
  );
}
