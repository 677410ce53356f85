import { KeyBusyError } from './keys.errors.js';

/** So often in a row a key may be replaced, disabled or deleted in the moment of its use. */
const MAX_ATTEMPTS = 5;

/**
 * Does again what a change to the key has come between.
 *
 * @param mayPass whether another failure may pass, too
 * @throws what `once` throws; CONFLICT where the key changes again and again
 */
export async function whileItChanges<Result>(
  once: () => Promise<Result>,
  mayPass: (error: unknown) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      const isPassing = error instanceof KeyBusyError || (await mayPass(error));
      if (!isPassing || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
