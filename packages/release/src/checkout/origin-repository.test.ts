import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { originRepository, repositoryOfRemote } from "./origin-repository.ts";

it.each([
  ["https://github.com/acme/shop.git", "github.com", "acme/shop"],
  ["https://x-access-token:t@github.com/acme/shop", "github.com", "acme/shop"],
  ["git@github.com:acme/shop.js.git", "github.com", "acme/shop.js"],
  ["ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop"],
  ["ssh://git@github.example:2222/acme/shop.git/", "github.example", "acme/shop"],
  ["https://GHE.acme.com:8443/acme/shop", "ghe.acme.com:8443", "acme/shop"],
  ["http://ghe.acme.com:8080/acme/shop", "ghe.acme.com", "acme/shop"],
])("%s is on %s, and is %s", (url, host, repository) => {
  expect(repositoryOfRemote(url)).toEqual({ host, repository });
});

it.each([
  "/srv/git/shop.git",
  "file:///srv/git/shop.git",
  "../shop",
  "https://github.com/acme",
  "https://example.com/group/sub/shop.git",
  "git@-oProxyCommand=x:acme/shop",
])("%s is none", (url) => {
  expect(repositoryOfRemote(url)).toBeNull();
});

it("is found in every form of an address", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  const form = fc.constantFrom("https://h.example/", "ssh://git@h.example/", "git@h.example:");
  fc.assert(
    fc.property(form, name, name, fc.constantFrom("", ".git", "/"), (begin, owner, repo, end) => {
      expect(repositoryOfRemote(`${begin}${owner}/${repo}${end}`)).toEqual({
        host: "h.example",
        repository: `${owner}/${repo}`,
      });
    }),
  );
});

describe("the remote of a checkout", () => {
  afterEach(() => void vi.unstubAllEnvs());

  /** A checkout of `url`, and an ssh that knows one alias. */
  async function aCheckout(url: string): Promise<string> {
    const directory = await temporaryDirectory();
    execFileSync("git", ["init", "-q", directory]);
    execFileSync("git", ["-C", directory, "remote", "add", "origin", url]);
    const ssh = '#!/bin/sh\n[ "$*" = "-G work" ] && printf "user git\\nhostname GHE.acme.com\\nport 22\\n"\n';
    await writeFile(join(directory, "ssh"), ssh, { mode: 0o755 });
    vi.stubEnv("PATH", `${directory}:${process.env["PATH"]}`);
    return directory;
  }

  it.each([
    ["git@work:acme/shop", "ghe.acme.com"],
    ["git@other.example:acme/shop", "other.example"],
    ["https://work/acme/shop", "work"],
  ])("of %s is on %s", async (url, host) => {
    expect(await originRepository(await aCheckout(url))).toEqual({ host, repository: "acme/shop" });
  });

  it("of an alias that this ssh does not know is on what it is called", async () => {
    expect(await originRepository(await aCheckout("git@other:acme/shop"))).toEqual({
      host: "other",
      repository: "acme/shop",
    });
  });

  it("is none where there is none", async () => {
    const directory = await temporaryDirectory();
    execFileSync("git", ["init", "-q", directory]);
    expect(await originRepository(directory)).toBeNull();
  });

  it("is none where there is no checkout, and not known where git does not read that", async () => {
    expect(await originRepository(await temporaryDirectory())).toBeNull();
    const directory = await aCheckout("git@other.example:acme/shop");
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    await expect(originRepository(directory)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: expect.stringMatching(/dubious ownership in repository at .* safe\.directory/),
    });
  });
});
