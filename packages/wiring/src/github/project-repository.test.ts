import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finding, parseConfig } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openReleaseDesk } from "./open-desk.ts";
import { openUsableGithub } from "./open-github.ts";

let directory = "";
/** Each address that is asked, with the token that came along. */
let asked: (readonly [address: string, token: string | null])[] = [];

/** What answers at each host; nothing does at others. */
const hosts = new Map<string, () => Response>();
const anEnterpriseServer = () => Response.json([], { headers: { "x-github-enterprise-version": "3.19.0" } });
/** As `fetch` fails. */
const failing = (code: string, message: string) => () => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-origin-"));
  asked = [];
  hosts.clear();
  for (const host of ["api.github.com", "api.acme.ghe.com"]) hosts.set(host, () => Response.json([]));
  for (const host of ["ghe.acme.com", "ghe"]) hosts.set(host, anEnterpriseServer);
  hosts.set("gitlab.example", () => new Response("no such page", { status: 404 }));
  vi.stubGlobal("fetch", async (address: string | URL, { headers }: RequestInit = {}) => {
    const url = new URL(address);
    asked.push([`${url.origin}${url.pathname}`, new Headers(headers).get("authorization")]);
    return (hosts.get(url.host) ?? failing("ENOTFOUND", `no way to ${url.host}`))();
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(directory, { recursive: true, force: true });
});

function isOf(origin: string): void {
  execFileSync("git", ["init", "-q", directory]);
  execFileSync("git", ["-C", directory, "remote", "add", "origin", origin]);
}
const token = "token ghp_t";
const env = { GITHUB_TOKEN: "ghp_t" };

describe("releases are asked for by hand", () => {
  const open = (more: Readonly<Record<string, string>> = {}) =>
    openReleaseDesk({ directory, env: { ...env, ...more }, stack: "shop", actor: "ada" });

  it.each([
    ["git@github.com:acme/shop.git", "https://api.github.com", "acme/shop"],
    ["https://acme.ghe.com/acme/shop", "https://api.acme.ghe.com", "acme.ghe.com/acme/shop"],
  ])("on the GitHub of %s: %s", async (origin, api, place) => {
    isOf(origin);
    const desk = await open();
    await desk.list(1);
    expect(desk.place).toBe(place);
    expect(asked).toEqual([[`${api}/repos/acme/shop/releases`, token]]);
  });

  it("on an Enterprise Server that says to be one, before it gets the token, and nowhere else", async () => {
    isOf("https://ghe.acme.com/acme/shop.git");
    const desk = await open();
    await desk.list(1);
    expect(desk.place).toBe("ghe.acme.com/acme/shop");
    expect(asked).toEqual([
      ["https://ghe.acme.com/api/v3/meta", null],
      ["https://ghe.acme.com/api/v3/repos/acme/shop/releases", token],
    ]);
  });

  it("nowhere where the host of the checkout is no GitHub, or does not answer", async () => {
    isOf("https://gitlab.example/acme/shop.git");
    await expect(open()).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("is on no GitHub") });
    execFileSync("git", ["-C", directory, "remote", "set-url", "origin", "https://away.example/acme/shop"]);
    await expect(open()).rejects.toMatchObject({
      code: "GITHUB_UNREACHABLE",
      message: "away.example cannot be asked whether it is a GitHub: no way to away.example",
      hint: expect.stringContaining("GITHUB_API_URL to https://away.example/api/v3, or to https://api.github.com"),
    });
    expect(asked.every(([, sent]) => sent === null)).toBe(true);
  });

  it("of nobody without a token", async () => {
    isOf("https://ghe.acme.com/acme/shop.git");
    await expect(open({ GITHUB_TOKEN: "" })).rejects.toMatchObject({ code: "USAGE" });
    expect(asked).toEqual([]);
  });

  it("where GITHUB_API_URL says, whatever the checkout is of", async () => {
    isOf("git@github.com:acme/shop.git");
    await (await open({ GITHUB_API_URL: "https://ghe.acme.com/api/v3" })).list(1);
    expect(asked).toEqual([["https://ghe.acme.com/api/v3/repos/acme/shop/releases", token]]);
  });

  it("on github.com for a repository that is named, where the checkout is of another kind of host", async () => {
    isOf("https://gitlab.example/acme/shop.git");
    await writeFile(join(directory, "sluice.yaml"), "github: { repository: acme/mirror }\n");
    await (await open()).list(1);
    expect(asked.at(-1)).toEqual(["https://api.github.com/repos/acme/mirror/releases", token]);
  });
});

describe("a repository that is named is shown", () => {
  const config = parseConfig("github: { repository: acme/shop }", "sluice.yaml");
  let said: Finding[] = [];
  beforeEach(() => void (said = []));
  const open = () =>
    openUsableGithub(config, { env, environment: undefined, directory, clock }, (finding) => said.push(finding));
  const readOn = (opened: Awaited<ReturnType<typeof open>>) =>
    opened?.github.read("read it", ({ rest }, where) => rest.repos.get({ ...where }));
  afterEach(() => void vi.unstubAllEnvs());

  it("of a short name on the server that answers there", async () => {
    isOf("git@ghe:acme/shop");
    expect((await open())?.github.host).toBe("ghe");
  });

  it.each([
    ["git@github-shop:acme/shop", "ENOTFOUND"],
    ["git@github.com-shop:acme/shop", "EAI_AGAIN"],
  ])("nowhere while nobody knows what %s is (%s), and there once that is said", async (origin, code) => {
    isOf(origin);
    const host = origin.slice(4, origin.indexOf(":"));
    hosts.set(host, failing(code, `getaddrinfo ${code} ${host}`));
    const opened = await open();
    await expect(readOn(opened)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    expect(said).toMatchObject([
      {
        code: "github-unusable",
        message: `${host} cannot be asked whether it is a GitHub: getaddrinfo ${code} ${host}`,
        hint: expect.stringContaining("or to https://api.github.com, whichever GITHUB_TOKEN is for"),
      },
    ]);
    expect(asked.every(([, sent]) => sent === null)).toBe(true);
    hosts.set(host, anEnterpriseServer);
    await readOn(opened);
    expect(asked.at(-1)).toEqual([`https://${host}/api/v3/repos/acme/shop`, token]);
  });

  it("nowhere while git does not read a checkout of another user, and says what git says", async () => {
    isOf("https://ghe.acme.com/acme/shop");
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    const opened = await open();
    await expect(readOn(opened)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    expect(said).toMatchObject([
      { code: "github-unusable", message: expect.stringMatching(/dubious ownership .* --add safe\.directory /) },
    ]);
    expect(asked).toEqual([]);
    vi.unstubAllEnvs();
    await readOn(opened);
    expect(asked.at(-1)).toEqual(["https://ghe.acme.com/api/v3/repos/acme/shop", token]);
  });

  it.each([
    ["refuses", failing("ECONNREFUSED", "connect ECONNREFUSED 10.0.0.7:443"), "connect ECONNREFUSED 10.0.0.7:443"],
    ["comes up behind its proxy", () => new Response("starting", { status: 503 }), "it answers 503"],
  ])("nowhere else while a server of a short name %s, and there once it answers", async (_how, answer, why) => {
    isOf("git@ghe:acme/shop");
    hosts.set("ghe", answer);
    const opened = await open();
    await expect(readOn(opened)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    expect(said).toMatchObject([
      { code: "github-unusable", message: `ghe cannot be asked whether it is a GitHub: ${why}` },
    ]);
    expect(asked.every(([, sent]) => sent === null)).toBe(true);
    hosts.set("ghe", anEnterpriseServer);
    await readOn(opened);
    expect(asked.at(-1)).toEqual(["https://ghe/api/v3/repos/acme/shop", token]);
  });

  it("nowhere else where git ends by a signal, or may not be run, and there once it says where", async () => {
    isOf("https://ghe.acme.com/acme/shop");
    vi.stubEnv("PATH", directory);
    await writeFile(join(directory, "git"), "#!/bin/sh\nkill -9 $$\n", { mode: 0o755 });
    const opened = await open();
    await expect(readOn(opened)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    await chmod(join(directory, "git"), 0);
    await expect(readOn(opened)).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
    expect(said).toMatchObject([
      { code: "github-unusable", message: expect.stringContaining("git cannot be asked of the remote origin: ") },
    ]);
    expect(asked).toEqual([]);
    vi.unstubAllEnvs();
    await readOn(opened);
    expect(asked.at(-1)).toEqual(["https://ghe.acme.com/api/v3/repos/acme/shop", token]);
  });
});

it("deployments by hand are shown on the GitHub of the checkout", async () => {
  const said: Finding[] = [];
  const config = parseConfig("github: { repository: acme/shop }", "sluice.yaml");
  const open = () =>
    openUsableGithub(config, { env, environment: undefined, directory, clock }, (finding) => said.push(finding));
  expect((await open())?.github.host).toBe("api.github.com");
  isOf("https://ghe.acme.com/acme/shop.git");
  expect((await open())?.github.host).toBe("ghe.acme.com");
  execFileSync("git", ["-C", directory, "remote", "set-url", "origin", "https://away.example/acme/shop"]);
  const opened = await open();
  const repository = () => opened?.github.read("read it", ({ rest }, where) => rest.repos.get({ ...where }));
  await expect(repository()).rejects.toMatchObject({ code: "GITHUB_UNREACHABLE" });
  expect(said).toMatchObject([{ severity: "warn", code: "github-unusable" }]);
  expect(asked.every(([, sent]) => sent === null)).toBe(true);
  hosts.set("away.example", anEnterpriseServer);
  await repository();
  expect(asked.at(-1)).toEqual(["https://away.example/api/v3/repos/acme/shop", token]);
});
