import type { CommandContext } from "./context.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Names as Node reads them. */
export type OutsideProxies = {
  readonly http_proxy?: string;
  readonly https_proxy: string;
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
 * win, and a proxy without a scheme speaks HTTP. That of HTTP is for HTTPS as well where that has none, as `fetch` knows
 * no other way. `null` where there is none that Node can use, which speaks to no others than HTTP's.
 */
export function outsideProxies(env: Environment): OutsideProxies | null {
  const http = usable(env["http_proxy"] || env["HTTP_PROXY"]);
  const https = usable(env["https_proxy"] || env["HTTPS_PROXY"]) ?? http;
  const around = (env["no_proxy"] || env["NO_PROXY"] || "").split(/[\s,]+/).filter((entry) => entry !== "");
  // `fetch` knows a * only where it stands alone.
  if (!https || around.includes("*")) return null;
  return {
    ...(http ? { http_proxy: http } : {}),
    https_proxy: https,
    no_proxy: [...nearby, ...metadata, ...around].join(","),
  };
}

function usable(proxy: string | undefined): string | null {
  if (!proxy) return null;
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  url.username = wellEscaped(url.username);
  url.password = wellEscaped(url.password);
  const isUsable = /^https?:$/.test(url.protocol) && isReadable(url.username) && isReadable(url.password);
  return isUsable ? url.href : null;
}

/** A `%` that begins no escape is meant as itself: most people write a password as it is. */
function wellEscaped(word: string): string {
  return word.replace(/%(?![\da-f]{2})/gi, "%25");
}

/** Node takes an escape for UTF-8, and throws where it is none. */
function isReadable(word: string): boolean {
  try {
    decodeURIComponent(word);
    return true;
  } catch {
    return false;
  }
}

const named = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];

/**
 * Has Node's own clients go by the proxies of the environment: `fetch`, and what takes the global agents. Whoever talks
 * to the engine, a door or a container makes its own connections, which no proxy concerns. Before Node 24.14 it takes
 * `NODE_USE_ENV_PROXY=1` instead. Never throws: a proxy keeps nobody from going back.
 *
 * @param env of the process: `fetch` reads a proxy there that it is not given, of whatever kind, so that none is there
 *   meanwhile
 */
export function goByProxies(env: NodeJS.ProcessEnv, stderr: CommandContext["stderr"]): void {
  const proxies = outsideProxies(env);
  if (!proxies) return;
  const kept = Object.entries(env).filter(([name]) => named.includes(name));
  try {
    for (const [name] of kept) delete env[name];
    // Loads what `fetch` needs, 20 ms: nobody without a proxy pays for it.
    process.getBuiltinModule("node:http").setGlobalProxyFromEnv?.(proxies);
  } catch (error) {
    // Its message may hold the login.
    const kind = error instanceof Error ? error.name : "unknown error";
    stderr.write(`no proxy is used, as Node cannot use what HTTPS_PROXY or HTTP_PROXY names (${kind})\n`);
  } finally {
    Object.assign(env, Object.fromEntries(kept));
  }
}
