/**
 * Services in waves: each wave depends only on the ones before it. Services of a cycle come together in one wave, and
 * dependencies that are not among the services are left out.
 */
export function startWaves(dependencies: Readonly<Record<string, readonly string[]>>): readonly (readonly string[])[] {
  const waves: string[][] = [];
  let left = Object.keys(dependencies);
  while (left.length > 0) {
    const waiting = new Set(left);
    const free = left.filter(
      (name) => !(dependencies[name] ?? []).some((other) => waiting.has(other) && other !== name),
    );
    const wave = free.length > 0 ? free : left;
    waves.push(wave);
    left = left.filter((name) => !wave.includes(name));
  }
  return waves;
}

/**
 * Does something for each service once it is over for those that it depends on, whatever became of them: what hangs keeps only those
 * waiting that need it. Services of a cycle do not wait for each other.
 *
 * @throws the first of what the work throws, once all of it is over
 */
export async function eachInOrder(
  dependencies: Readonly<Record<string, readonly string[]>>,
  work: (service: string) => Promise<void>,
): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  for (const wave of startWaves(dependencies)) {
    const before = new Map(begun);
    for (const name of wave) {
      const needed = (dependencies[name] ?? []).flatMap((other) => before.get(other) ?? []);
      begun.set(
        name,
        Promise.allSettled(needed).then(() => work(name)),
      );
    }
  }
  for (const result of await Promise.allSettled(begun.values())) if (result.status === "rejected") throw result.reason;
}
