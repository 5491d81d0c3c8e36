import { open } from "node:fs/promises";
import { join } from "node:path";

/** Longest path that a socket may have on every system that we know (Darwin's is the shortest). */
const longestPath = 103;

/**
 * Calls with a path of the socket that takes orders for a state home. Where the home lies too deep for a socket, that is a
 * path through an open directory, which Linux has.
 */
export async function atOrderSocket<T>(home: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(home, "orders.sock");
  if (Buffer.byteLength(path) <= longestPath) return use(path);
  await using directory = await open(home, "r");
  return await use(`/proc/self/fd/${directory.fd}/orders.sock`);
}
