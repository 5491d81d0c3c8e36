/** A part that is made when it is first asked for. */
export interface Once<T, Args extends readonly unknown[]> {
  (...args: Args): T;
  /** Whether it was asked for, and could be made. */
  readonly made: boolean;
}

/** Made once, by the first caller with what it gives; what failed or was aborted is made anew for the next. */
export function once<T, Args extends readonly unknown[] = []>(make: (...args: Args) => T): Once<T, Args> {
  let made: { readonly value: T } | undefined;
  const get = (...args: Args) => {
    if (made) return made.value;
    const mine = { value: make(...args) };
    made = mine;
    if (mine.value instanceof Promise) {
      mine.value.catch(() => {
        if (made === mine) made = undefined;
      });
    }
    return mine.value;
  };
  return Object.defineProperty(get, "made", { get: () => made !== undefined }) as Once<T, Args>;
}
