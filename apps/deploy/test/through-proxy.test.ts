import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import { type ForwardProxy, selfSigned, startForwardProxy } from "@sluice/testing";
import { type FakeGithub, startFakeGithub } from "@sluice/testing/github";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const launcher = join(import.meta.dirname, "../bin/sluice.js");
const name = "api.github.test";

let directory: string;
let github: FakeGithub;
let proxy: ForwardProxy;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-proxy-"));
  [github, proxy] = await Promise.all([startFakeGithub(), startForwardProxy()]);
  github.commit("c0ffee", ["main", "v1"]);
});
afterEach(async () => {
  await Promise.all([github[Symbol.asyncDispose](), proxy[Symbol.asyncDispose]()]);
  await rm(directory, { recursive: true });
});

/** Runs the built command line, which asks GitHub at that address, and gives what it says and its exit code. */
async function listReleases(address: string, env: Readonly<Record<string, string>>) {
  const given = {
    PATH: process.env["PATH"],
    HOME: directory,
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: address,
    ...env,
  };
  const options = { cwd: directory, env: given, timeout: 60_000 };
  return promisify(execFile)(process.execPath, [launcher, "release", "list"], options).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, text: stdout + stderr }),
  );
}

describe("where HTTPS_PROXY is set", () => {
  it("GitHub is asked through the proxy's tunnel", async () => {
    const certificate = await selfSigned(name);
    const authority = join(directory, "authority.pem");
    await writeFile(authority, certificate.cert);
    const secure = createServer(certificate, (socket) => {
      pipeline(socket, connect(Number(new URL(github.url).port), "127.0.0.1"), socket, () => {});
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = secure.address() as AddressInfo;
      const { code, text } = await listReleases(`https://${name}:${port}`, {
        NODE_EXTRA_CA_CERTS: authority,
        // As curl takes it, too.
        HTTPS_PROXY: proxy.url.replace("http://", ""),
      });
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("no release") });
      expect(proxy.asked).toEqual([`CONNECT ${name}:${port}`]);
    } finally {
      secure.close();
    }
  });

  it("GitHub is asked directly where NO_PROXY says so, and on this machine", async () => {
    const proxies = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    expect(await listReleases(github.url, proxies)).toMatchObject({ code: 0 });
    const named = github.url.replace("127.0.0.1", name);
    const around = await listReleases(named, { ...proxies, NO_PROXY: ".github.test" });
    expect(around.text).toContain("cannot be asked");
    expect(proxy.asked).toEqual([]);
    expect(await listReleases(named, proxies)).toMatchObject({ code: 0 });
    expect(proxy.asked).not.toEqual([]);
  });
});
