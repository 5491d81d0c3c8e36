import http from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { goByProxies, outsideProxies } from "./outside-proxies.ts";

describe("proxies of the environment", () => {
  it("are those of small letters before those of capitals, each for its own protocol", () => {
    expect(outsideProxies({})).toBeNull();
    expect(outsideProxies({ https_proxy: "", HTTPS_PROXY: "" })).toBeNull();
    expect(outsideProxies({ HTTPS_PROXY: "http://proxy.acme:3128", https_proxy: "http://small:3128" })).toMatchObject({
      https_proxy: "http://small:3128/",
    });
    expect(outsideProxies({ HTTPS_PROXY: "http://proxy.acme:3128" })).not.toHaveProperty("http_proxy");
  });

  it("are one for both protocols where HTTPS has none of its own, as fetch has it", () => {
    const one = { http_proxy: "http://proxy.acme:3128/", https_proxy: "http://proxy.acme:3128/" };
    expect(outsideProxies({ HTTP_PROXY: "http://proxy.acme:3128" })).toMatchObject(one);
    expect(outsideProxies({ HTTP_PROXY: "proxy.acme:3128", HTTPS_PROXY: "socks5://x:1080" })).toMatchObject(one);
  });

  it("keep a login as it is meant, though a % of it was not escaped, and are not used where nobody can read it", () => {
    const of = (login: string) => outsideProxies({ HTTPS_PROXY: `http://${login}@proxy:3128` })?.https_proxy;
    expect(of("me:p%ss")).toBe("http://me:p%25ss@proxy:3128/");
    expect(of("100%:p%40ss%")).toBe("http://100%25:p%40ss%25@proxy:3128/");
    expect(of("me:caf%E9")).toBeUndefined();
  });

  it("speak HTTP where they have no scheme, and are not used where Node speaks no such protocol", () => {
    expect(outsideProxies({ HTTPS_PROXY: "proxy.acme:3128" })?.https_proxy).toBe("http://proxy.acme:3128/");
    expect(outsideProxies({ HTTPS_PROXY: "me:s3cret@10.0.0.1:3128" })?.https_proxy).toBe(
      "http://me:s3cret@10.0.0.1:3128/",
    );
    expect(outsideProxies({ HTTPS_PROXY: "socks5://proxy.acme:1080" })).toBeNull();
    expect(outsideProxies({ HTTPS_PROXY: "http://" })).toBeNull();
  });

  it("lead neither to this machine nor to a cloud's keys, and not where the environment says so", () => {
    const around = (env: object) => outsideProxies({ HTTPS_PROXY: "proxy:3128", ...env })?.no_proxy.split(",");
    expect(around({})).toEqual(
      expect.arrayContaining(["localhost", "127.0.0.1", "[::1]", "169.254.0.0-169.254.255.255"]),
    );
    expect(around({ NO_PROXY: "git.acme, .intern  10.0.0.5" })).toEqual(
      expect.arrayContaining(["git.acme", ".intern", "10.0.0.5", "localhost"]),
    );
    expect(around({ NO_PROXY: "a", no_proxy: "b" })).not.toContain("a");
    expect(outsideProxies({ HTTPS_PROXY: "proxy:3128", NO_PROXY: "*" })).toBeNull();
  });
});

describe("going by them", () => {
  const lines: string[] = [];
  const stderr = { write: (text: string) => lines.push(text) > 0 };
  afterEach(() => {
    vi.restoreAllMocks();
    lines.length = 0;
  });

  it("has fetch read none that Node cannot use, and leaves them to the programs that are started", () => {
    const env = { HTTP_PROXY: "socks5://proxy.acme:1080", HTTPS_PROXY: "http://proxy.acme:3128", PATH: "/bin" };
    const whole = { ...env };
    let seen: unknown;
    const set = vi.spyOn(http, "setGlobalProxyFromEnv").mockImplementation(() => {
      seen = { ...env };
      return () => {};
    });
    goByProxies(env, stderr);
    expect(set.mock.calls).toMatchObject([[{ https_proxy: "http://proxy.acme:3128/" }]]);
    expect(seen).toEqual({ PATH: "/bin" });
    expect(env).toEqual(whole);
    expect(lines).toEqual([]);
  });

  it("keeps nobody from what was asked for where Node refuses them: it is said, without the login", () => {
    vi.spyOn(http, "setGlobalProxyFromEnv").mockImplementation(() => {
      throw new URIError("me:hunter2@proxy");
    });
    const env = { HTTPS_PROXY: "http://me:hunter2@proxy:3128" };
    goByProxies(env, stderr);
    expect(env).toHaveProperty("HTTPS_PROXY");
    expect(lines).toEqual(["no proxy is used, as Node cannot use what HTTPS_PROXY or HTTP_PROXY names (URIError)\n"]);
  });
});
