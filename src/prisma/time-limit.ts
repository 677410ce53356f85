/**
 * The operation's result, or the error that `onExpiry` makes when `milliseconds` have passed first. What the operation
 * does later is of no consequence then, a failure neither.
 */
export async function withTimeLimit<T>(
  milliseconds: number,
  operation: () => Promise<T>,
  onExpiry: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onExpiry()), milliseconds);
  });
  try {
    return await Promise.race([operation(), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
