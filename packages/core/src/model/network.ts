/** Addresses that begin with the same bits; a single address is a network of its own. */
export interface Network {
  readonly family: 4 | 6;
  /** The bits that all of its addresses begin with, and zeros after them. */
  readonly first: bigint;
  /** How many bits that are. */
  readonly prefix: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Reads `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`; `undefined` for anything else. Not read: zones (`fe80::1%eth0`),
 * numbers with leading zeros, which some read as octal, and networks with bits after the prefix, which are mistakes more
 * often than meant. An IPv4 address in an IPv6 one (`::ffff:203.0.113.7`) is the IPv4 address, as proxies write it either way.
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const found = rest.length === 0 ? parseAddress(address) : undefined;
  if (!found || length === undefined) return found;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  // The prefix counts the bits of the address as it is written.
  const prefix = Number(length) - (address.includes(":") && found.family === 4 ? 96 : 0);
  if (prefix < 0 || prefix > bitsOf[found.family]) return undefined;
  return found.first % 2n ** BigInt(bitsOf[found.family] - prefix) === 0n ? { ...found, prefix } : undefined;
}

/** Whether an address lies in a network. Text that is no address lies in none. */
export function isWithin({ family, first, prefix }: Network, address: string): boolean {
  const found = parseAddress(address);
  if (found?.family !== family) return false;
  const rest = BigInt(bitsOf[family] - prefix);
  return found.first >> rest === first >> rest;
}

function parseAddress(text: string): Network | undefined {
  const value = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  if (value === undefined) return undefined;
  if (text.includes(":") && value >> 32n !== 0xffffn) return { family: 6, first: value, prefix: 128 };
  return { family: 4, first: value % 2n ** 32n, prefix: 32 };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return joined(parts.map(BigInt), 8n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (!head || halves.length > 2) return undefined;
  const groups = [head, tail ?? []].map((half, index) => groupsOf(half, index === halves.length - 1));
  const [before, after] = groups;
  if (!before || !after) return undefined;
  const missing = 8 - before.length - after.length;
  // `::` stands for one group of zeros at least.
  if (tail ? missing < 1 : missing !== 0) return undefined;
  return joined([...before, ...Array.from({ length: missing }, () => 0n), ...after], 16n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address at the very end. */
function groupsOf(parts: readonly string[], isEnd: boolean): readonly bigint[] | undefined {
  const last = parts.at(-1);
  const ipv4 = isEnd && last?.includes(".") ? parseIpv4(last) : undefined;
  const hex = ipv4 === undefined ? parts : parts.slice(0, -1);
  if (!hex.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const groups = hex.map((part) => BigInt(`0x${part}`));
  return ipv4 === undefined ? groups : [...groups, ipv4 >> 16n, ipv4 % 2n ** 16n];
}

function joined(parts: readonly bigint[], bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) + part, 0n);
}
