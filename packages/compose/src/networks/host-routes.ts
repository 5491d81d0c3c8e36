import { readFile } from "node:fs/promises";
import type { Cidr } from "./cidr.ts";

/** Networks that this host routes, the default route left out. Empty where the system does not tell. */
export async function readHostRoutes(): Promise<readonly Cidr[]> {
  return parseRoutes(await readFile("/proc/net/route", "utf8").catch(() => ""));
}

/** Reads the kernel's routing table: hexadecimal, the bytes of an address in reverse. */
export function parseRoutes(text: string): readonly Cidr[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [destination, mask] = [fields[1], fields[7]].map((field) => (field ? fromHex(field) : undefined));
      if (destination === undefined || mask === undefined || mask === 0) return [];
      return [{ first: destination, size: 2 ** 32 - mask }];
    });
}

function fromHex(field: string): number | undefined {
  if (!/^[0-9A-F]{8}$/i.test(field)) return undefined;
  return Buffer.from(field, "hex").readUInt32LE();
}
