/** Everything that an iterable gives, in its order. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** What a promise or an iteration fails with. */
export async function failureOf(work: Promise<unknown> | AsyncIterable<unknown>): Promise<unknown> {
  try {
    await (Symbol.asyncIterator in work ? collect(work) : work);
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed.');
}
