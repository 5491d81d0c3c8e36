import { readFile } from "node:fs/promises";
import type { Cidr } from "./cidr.ts";

/**
 * Networks that this host routes, without default routes: also a pair of halves that a VPN lays over one, and whatever else is wider than
 * any private range, is no network that somebody has. Empty where the system does not tell.
 */
export async function readHostRoutes(): Promise<readonly Cidr[]> {
  return parseRoutes(await readFile("/proc/net/route", "utf8").catch(() => ""));
}

/** The widest private range is a /8. */
const widest = 2 ** 24;

/** Reads the kernel's routing table: hexadecimal, the bytes of an address in reverse. */
export function parseRoutes(text: string): readonly Cidr[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [destination, mask] = [fields[1], fields[7]].map((field) => (field ? fromHex(field) : undefined));
      if (destination === undefined || mask === undefined) return [];
      const size = 2 ** 32 - mask;
      return size > widest ? [] : [{ first: destination, size }];
    });
}

function fromHex(field: string): number | undefined {
  if (!/^[0-9A-F]{8}$/i.test(field)) return undefined;
  return Buffer.from(field, "hex").readUInt32LE();
}
