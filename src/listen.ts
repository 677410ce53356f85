import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartupError } from './common/startup-error.js';
import { type ServerConfig, serverVariables } from './config/server.js';
import { systemErrorCode } from './config/system-error.js';
import type { Variable } from './config/variable.js';

type Culprit = 'host' | 'port';

/** Where it is to be listened. */
type Place = Pick<ServerConfig, 'host' | 'port'>;

/** Whose fault it is where it cannot be listened, by the codes of the operating system and of getaddrinfo(3). */
const mistakes: Readonly<Record<string, readonly [culprit: Culprit, message: string]>> = {
  EADDRINUSE: [
    'port',
    'another process listens there already: end it, or name another port; 0 picks a free one',
  ],
  EACCES: ['port', 'this user may not listen there: a port below 1024 takes a privilege'],
  EADDRNOTAVAIL: ['host', 'is no address of this machine'],
  EAFNOSUPPORT: ['host', 'is an address of a family that this machine does not speak'],
  EINVAL: ['host', 'is no address that can be listened on; a link-local one needs its zone (fe80::1%eth0)'],
  ENOTFOUND: ['host', 'is a name that leads nowhere'],
  EAI_AGAIN: ['host', 'is a name that could not be looked up'],
};

/**
 * Begins to listen where the operator wants it.
 *
 * @throws StartupError naming the variable that is to be changed
 */
export async function listen(app: NestFastifyApplication, { host, port }: Place): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw toListenError(error, { host, port }, serverVariables.port);
  }
}

/** @param portVariable the one that names the port */
export function toListenError(
  error: unknown,
  { host, port }: Place,
  portVariable: Variable<number>,
): unknown {
  const code = systemErrorCode(error);
  if (code === null) return error;
  const [culprit, message] = mistakes[code] ?? ['host', 'cannot be listened on'];
  const { name } = culprit === 'port' ? portVariable : serverVariables.host;
  const example = code === 'EADDRINUSE' ? ` (${name}=0 npm start)` : '';
  return new StartupError(
    `The server cannot listen on ${host}, port ${port} (${code}):\n  ${name}: ${message}${example}`,
  );
}
