/** Runs changes of one door one after the other, each whatever became of the one before it. */
export type Turns = <T>(door: string, change: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  const changes = new Map<string, Promise<unknown>>();
  return async (door, change) => {
    const mine = (changes.get(door) ?? Promise.resolve()).then(change, change);
    changes.set(
      door,
      mine.catch(() => undefined),
    );
    return mine;
  };
}
