/**
 * Goes on with something that must be released, by whoever gets the result; where that fails, it is released here. Then why it failed is
 * thrown, and not what releasing it met.
 */
export async function orDispose<Held extends AsyncDisposable, T>(
  held: Held,
  goOn: (held: Held) => Promise<T>,
): Promise<T> {
  try {
    return await goOn(held);
  } catch (error) {
    await Promise.allSettled([held[Symbol.asyncDispose]()]);
    throw error;
  }
}
