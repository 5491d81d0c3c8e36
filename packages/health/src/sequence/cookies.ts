/** Cookies of one client by one host, by the rules of RFC 6265. */
export interface CookieJar {
  /** The header that a request for the path carries, if any. */
  headers(path: string): Promise<Readonly<Record<string, string>>>;
  take(path: string, setCookies: readonly string[]): Promise<void>;
}

/** The door is asked without TLS where users come with it: cookies marked `Secure` must come back all the same. */
const origin = "https://door.invalid";

/** Whatever domain a cookie names, it is for the one host that is asked. The library is loaded by the first sequence only. */
export async function createCookieJar(): Promise<CookieJar> {
  const { Cookie, CookieJar: Jar } = await import("tough-cookie");
  const jar = new Jar(undefined, { looseMode: true, rejectPublicSuffixes: false });
  return {
    async headers(path) {
      const cookie = await jar.getCookieString(origin + path);
      return cookie === "" ? {} : { cookie };
    },
    async take(path, setCookies) {
      for (const text of setCookies) {
        const cookie = Cookie.parse(text, { loose: true });
        if (!cookie) continue;
        cookie.domain = null;
        await jar.setCookie(cookie, origin + path, { ignoreError: true });
      }
    },
  };
}
