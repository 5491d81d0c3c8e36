/** The cookies of one client: name and value, until the server takes them away. */
export interface CookieJar {
  readonly header: () => string | undefined;
  readonly keep: (setCookie: readonly string[] | undefined) => void;
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    header: () => (cookies.size === 0 ? undefined : [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")),
    keep: (setCookie = []) => {
      for (const line of setCookie) {
        const [pair = "", ...attributes] = line.split(";");
        const at = pair.indexOf("=");
        if (at <= 0) continue;
        const name = pair.slice(0, at).trim();
        if (attributes.some(isExpiry)) cookies.delete(name);
        else cookies.set(name, pair.slice(at + 1).trim());
      }
    },
  };
}

function isExpiry(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=").map((part) => part.trim());
  if (name.toLowerCase() === "max-age") return Number(value) <= 0;
  return name.toLowerCase() === "expires" && Date.parse(value) <= Date.now();
}
