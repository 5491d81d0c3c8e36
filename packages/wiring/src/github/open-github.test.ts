import { type Finding, parseConfig } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { openGithub, openUsableGithub } from "./open-github.ts";

const clock = createFakeClock();
const open = (yaml: string, env: Record<string, string>, environment?: string) =>
  openGithub(parseConfig(yaml, "sluice.yaml"), { env, environment, clock });
const workflow = { GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "acme/shop" };

describe("GitHub is told", () => {
  it("in a workflow that gives its token, of production unless another environment is named", () => {
    expect(open("", workflow)).toMatchObject({
      github: { repository: "acme/shop", host: "api.github.com" },
      place: { environment: "production", isProduction: true },
    });
    expect(open("", workflow, "staging")?.place).toMatchObject({ environment: "staging", isProduction: false });
    expect(open("github: { environment: eu, url: 'https://eu.example.com' }", workflow, "staging")?.place).toEqual({
      environment: "eu",
      isProduction: false,
      url: "https://eu.example.com",
    });
  });

  it("by the variable and the repository that are configured", () => {
    const opened = open('github: { repository: a/b, token: "${DEPLOY_TOKEN}" }', { ...workflow, DEPLOY_TOKEN: "d" });
    expect(opened).toMatchObject({ token: "d", github: { repository: "a/b" } });
  });

  it("nothing without a token, without a repository, or where it is not wanted", () => {
    expect(open("", { GITHUB_TOKEN: "t" })).toBeNull();
    expect(open("", { ...workflow, GITHUB_TOKEN: "" })).toBeNull();
    expect(open("github: { deployments: false }", workflow)?.reporter).toBeNull();
  });

  it("on its own server", () => {
    const env = { ...workflow, GITHUB_API_URL: "https://git.example.com/api/v3" };
    expect(open("", env)?.github.host).toBe("git.example.com");
    expect(() => open("", { ...workflow, GITHUB_API_URL: "nowhere" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});

it("one that cannot be used is said, and no more", async () => {
  const said: string[] = [];
  const config = parseConfig("", "sluice.yaml");
  const env = { ...workflow, GITHUB_REPOSITORY: "shop" };
  const say = ({ code, message }: Finding) => void said.push(`${code}: ${message}`);
  const surroundings = { env, environment: undefined, directory: import.meta.dirname, clock };
  expect(await openUsableGithub(config, surroundings, say)).toBeNull();
  expect(said).toEqual(['github-unusable: "shop" is no repository on GitHub']);
});

it.each([
  ["github: { token: ghp_written_down }", "expected a reference"],
  ["github: { repository: shop }", "expected a repository"],
  ["github: { url: ftp://x }", "expected an http"],
])("%s is no configuration", (yaml, message) => {
  expect(() => open(yaml, {})).toThrow(message);
});
