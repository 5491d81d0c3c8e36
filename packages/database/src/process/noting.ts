/** Passes bytes on. What their source throws is noted, so that it can be told from what goes wrong with whoever reads them. */
export async function* noting(source: AsyncIterable<Uint8Array>, failed: unknown[]): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    failed.push(error);
    throw error;
  }
}
