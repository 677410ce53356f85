import { Logger } from '@nestjs/common';

/** How long a process may take to end in order after an uncaught failure, in milliseconds. */
const MOST_MS = 4_000;

/**
 * Ends the process after an uncaught failure, by `stop`: its state is unknown, but the ends of its chats have
 * to be written down, and its clients have to reconnect to another process.
 *
 * It ends with code 1, within {@link MOST_MS} in any case, and never without a line in the log.
 */
export function endAfterCrash(stop: () => Promise<void>): void {
  const logger = new Logger('Keystream');
  let isEnding = false;
  const end = (error: unknown): void => {
    logger.fatal({ err: error }, 'An uncaught failure: the server stops');
    // What fails on the way out must not begin it anew.
    if (isEnding) return;
    isEnding = true;
    setTimeout(exit, MOST_MS);
    stop().then(exit, (failure: unknown) => {
      logger.error({ err: failure }, 'The server could not be stopped in order');
      exit();
    });
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function exit(): never {
  process.exit(1);
}
