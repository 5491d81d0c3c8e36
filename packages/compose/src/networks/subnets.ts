import { type Cidr, formatAddress, formatCidr, overlap, parseCidr } from "./cidr.ts";

export interface SubnetPool {
  /** IPv4 network that subnets are cut from. */
  readonly pool: string;
  /** Prefix length of each subnet, 20 to 28. */
  readonly prefix: number;
}

/** The pool of links and slot networks unless something else is configured: 512 networks of 126 addresses. */
export const defaultPool: SubnetPool = { pool: "10.213.0.0/16", prefix: 25 };

/**
 * The first free subnet of the pool, or `undefined`. The search begins at a place that depends on `name`, so that
 * deployments that choose at the same moment seldom choose the same.
 */
export function freeSubnet({ pool, prefix }: SubnetPool, taken: readonly Cidr[], name: string): string | undefined {
  const range = parseCidr(pool);
  if (!range) return undefined;
  const size = 2 ** (32 - prefix);
  const count = Math.floor(range.size / size);
  const start = hash(name);
  for (let index = 0; index < count; index += 1) {
    const candidate = { first: range.first + ((start + index) % count) * size, size };
    if (!taken.some((other) => overlap(candidate, other))) return formatCidr(candidate);
  }
  return undefined;
}

/** The lower half of a link's subnet, which the engine may give out by itself. */
export function dynamicRange(subnet: string): string {
  const { first, size } = required(subnet);
  return formatCidr({ first, size: size / 2 });
}

/** The upper half, for fixed addresses; without the broadcast address. */
export function fixedAddresses(subnet: string): readonly string[] {
  const { first, size } = required(subnet);
  const half = size / 2;
  return Array.from({ length: half - 1 }, (_, index) => formatAddress(first + half + index));
}

function required(subnet: string): Cidr {
  const cidr = parseCidr(subnet);
  if (cidr) return cidr;
  throw new TypeError(`${JSON.stringify(subnet)} is no IPv4 network`);
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return value;
}
