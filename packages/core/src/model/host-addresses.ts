/**
 * Whether one port of a machine cannot be had at both addresses at once. `0.0.0.0` is all of IPv4, `::` all of IPv6, and none (`""`)
 * both; IPv6 with or without brackets. Pure.
 */
export function addressesMeet(one: string, other: string): boolean {
  const [a, b] = [withoutBrackets(one), withoutBrackets(other)];
  if (a === "" || b === "" || a === b) return true;
  const isSix = (address: string) => address.includes(":");
  const isAll = (address: string) => address === "0.0.0.0" || address === "::";
  return isSix(a) === isSix(b) && (isAll(a) || isAll(b));
}

const withoutBrackets = (address: string) => address.replace(/^\[(.*)\]$/, "$1");
