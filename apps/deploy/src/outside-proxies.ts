type Environment = Readonly<Record<string, string | undefined>>;

/** Names as Node reads them. */
export type OutsideProxies = {
  readonly http_proxy?: string;
  readonly https_proxy?: string;
  readonly no_proxy: string;
};

/**
 * What no proxy leads to: this machine, by each of its names, and where a cloud gives its machines their own keys. Ranges
 * are read by Node's agents alone, so that what `fetch` is to leave out is named, too.
 */
const nearby = ["localhost", "127.0.0.1", "127.0.0.0-127.255.255.255", "::1", "[::1]", "0.0.0.0"];
const metadata = ["169.254.0.0-169.254.255.255", "fd00:ec2::254", "[fd00:ec2::254]"];

/**
 * The proxies that the environment names for what is asked outside of this machine, as curl reads them: small letters
 * win, and a proxy without a scheme speaks HTTP. `null` where there is none that Node can use, which speaks to no others
 * than HTTP's.
 */
export function outsideProxies(env: Environment): OutsideProxies | null {
  const http = usable(env["http_proxy"] || env["HTTP_PROXY"]);
  const https = usable(env["https_proxy"] || env["HTTPS_PROXY"]);
  if (!http && !https) return null;
  const around = env["no_proxy"] || env["NO_PROXY"] || "";
  return {
    ...(http ? { http_proxy: http } : {}),
    ...(https ? { https_proxy: https } : {}),
    no_proxy: [...nearby, ...metadata, ...around.split(/[\s,]+/).filter((entry) => entry !== "")].join(","),
  };
}

function usable(proxy: string | undefined): string | null {
  if (!proxy) return null;
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const protocol = URL.canParse(address) ? new URL(address).protocol : null;
  return protocol === "http:" || protocol === "https:" ? new URL(address).href : null;
}

/**
 * Has Node's own clients go by the proxies of the environment: `fetch`, and what takes the global agents. Whoever talks
 * to the engine, a door or a container makes its own connections, which no proxy concerns. Before Node 24.14 it takes
 * `NODE_USE_ENV_PROXY=1` instead.
 */
export function goByProxies(env: Environment): void {
  const proxies = outsideProxies(env);
  // Loads what `fetch` needs, 20 ms: nobody without a proxy pays for it.
  if (proxies) process.getBuiltinModule("node:http").setGlobalProxyFromEnv?.(proxies);
}
