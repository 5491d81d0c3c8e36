/** Headers of a request through a door. Given ones come first: none of them may take the place of the door's. */
export function requestHeaders(
  given: Readonly<Record<string, string>>,
  door: Readonly<Record<string, string>>,
): Record<string, string> {
  return { host: "localhost", "user-agent": "sluice", ...lowerCased(given), ...door };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(["x-sluice-preview", "x-sluice-slot", "connection"]);
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !own.has(name)));
}
