import { describe, expect, it } from "vitest";
import { outsideProxies } from "./outside-proxies.ts";

describe("proxies of the environment", () => {
  it("are those of small letters before those of capitals, each for its own protocol", () => {
    expect(outsideProxies({})).toBeNull();
    expect(outsideProxies({ https_proxy: "", HTTPS_PROXY: "" })).toBeNull();
    expect(outsideProxies({ HTTPS_PROXY: "http://proxy.acme:3128", https_proxy: "http://small:3128" })).toMatchObject({
      https_proxy: "http://small:3128/",
    });
    expect(outsideProxies({ HTTP_PROXY: "http://proxy.acme:3128" })).not.toHaveProperty("https_proxy");
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
  });
});
