import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("a program", () => {
  let checkout: string;
  const git = (...args: readonly string[]) =>
    promisify(execFile)("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...args], { cwd: checkout });
  const commit = async (path: string) => {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), path);
    await git("add", "-A");
    await git("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", path);
  };
  const run = async (program: string, env: Readonly<Record<string, string>>) => {
    const file = join(import.meta.dirname, "../src", program);
    const options = { cwd: checkout, env: { PATH: process.env["PATH"], ...env } };
    return promisify(execFile)(process.execPath, ["--conditions=sluice-source", file], options).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );
  };

  beforeAll(async () => {
    checkout = await mkdtemp(join(tmpdir(), "sluice-scripts-"));
    await git("init", "-q", "-b", "main");
    await commit("README.md");
    await git("switch", "-q", "-c", "change");
    await commit("packages/core/src/a.ts");
  });
  afterAll(() => rm(checkout, { recursive: true }));

  it("runs by itself, and says what a change lacks", async () => {
    expect(await run("check-changes.ts", { BASE: "main" })).toMatchObject({
      code: 10,
      stdout: expect.stringContaining("packages/core/src/a.ts changes"),
    });
    expect(await run("check-changes.ts", { BASE: "main", BODY: "no-changeset: a test" })).toMatchObject({ code: 0 });
  });

  it.each(["release-gate.ts", "backup-drill.ts", "promote.ts"])(
    "ends with the code of what went wrong: %s",
    async (program) => {
      const { code, stdout, stderr } = await run(program, {});
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(/compose|configuration|STAGING_STACK/);
    },
  );
});
