/** An IPv4 network as numbers: its first address and how many addresses it has. */
export interface Cidr {
  readonly first: number;
  readonly size: number;
}

/** `undefined` for anything that is no IPv4 network, IPv6 included. The host part is dropped. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const parts = match?.slice(1).map(Number);
  if (!parts) return undefined;
  const prefix = parts[4] ?? 0;
  if (prefix > 32 || parts.slice(0, 4).some((part) => part > 255)) return undefined;
  const size = 2 ** (32 - prefix);
  const address = parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  return { first: address - (address % size), size };
}

export function formatCidr({ first, size }: Cidr): string {
  return `${formatAddress(first)}/${32 - Math.log2(size)}`;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function overlap(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}
