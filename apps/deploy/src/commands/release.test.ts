import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aDesk } from "../testing/a-desk.ts";
import { events, run } from "../testing/run.ts";

describe("sluice release", () => {
  it("lists releases", async () => {
    const { stdout } = await run(["release", "list", "-n", "5"], aDesk());
    expect(stdout).toBe(`tag     kind     published  by   title
v1.1.0  release  3m ago     ada  Carts are kept
v1.2.0  draft    -          ada  Carts are kept
`);
    const json = await run(["release", "list", "--json"], aDesk());
    expect(events(json.stdout)).toMatchObject([{ v: 1, repository: "acme/shop", releases: [{ tag: "v1.1.0" }, {}] }]);
    expect(json.stdout).not.toContain("uploads.github");
  });

  it("shows one", async () => {
    expect((await run(["release", "show", "v1.1.0"], aDesk())).stdout).toBe(`v1.1.0  Carts are kept
kind       release
commit     c0ffee
published  2026-05-01T09:57:00Z by ada
url        https://github.example/r/v1.1.0

notes
  - carts

files
  report.html  9 bytes
`);
  });

  it("publishes one, and asks a person before", async () => {
    const desk = aDesk();
    const asked = await run(["release", "create", "v1.1.0", "--target", "main", "--prerelease"], {
      ...desk,
      isInteractive: true,
    });
    expect(asked.questions).toEqual(["Do it?"]);
    expect(asked.stdout).toContain("v1.1.0 is published: https://github.example/r/v1.1.0\n");
    expect(desk.calls[0]).toEqual([
      "draft",
      expect.objectContaining({ tag: "v1.1.0", target: "main", isPrerelease: true, notes: undefined }),
    ]);
    const refusing = aDesk();
    const refused = await run(["release", "create", "v1.1.0"], { ...refusing, isInteractive: true, answer: false });
    expect(refused.exitCode).toBe(10);
    expect(refusing.calls.map(([name]) => name)).toEqual(["draft"]);
  });

  it("promotes one, and asks a person before", async () => {
    const desk = aDesk({ isPrerelease: true });
    const asked = await run(["release", "promote", "v1.1.0"], { ...desk, isInteractive: true });
    expect(asked.questions).toEqual(["Do it?"]);
    expect(asked.stdout).toBe(`prerelease v1.1.0 of c0ffee in acme/shop becomes a full release, and the latest

Carts are kept

v1.1.0 is a full release now: https://github.example/r/v1.1.0
`);
    expect(desk.calls).toEqual([
      ["show", "v1.1.0"],
      ["promote", "v1.1.0"],
    ]);
    const refusing = aDesk({ isDraft: true });
    const refused = await run(["release", "promote", "v1.1.0"], { ...refusing, isInteractive: true, answer: false });
    expect([refused.exitCode, refusing.calls]).toEqual([10, [["show", "v1.1.0"]]]);
  });

  it("says on which GitHub it publishes where that is another one", async () => {
    const desk = aDesk({ isPrerelease: true }, {}, {}, false, "ghe.acme.com/acme/shop");
    for (const args of [
      ["create", "v1.1.0"],
      ["promote", "v1.1.0"],
    ]) {
      const { stdout } = await run(["release", ...args], { ...desk, isInteractive: true });
      expect(stdout).toContain(" in ghe.acme.com/acme/shop");
    }
  });

  it.each(["--yes", "--json"])(
    "promotes one without a question where nobody is there to answer, and with %s",
    async (flag) => {
      const desk = aDesk({ isPrerelease: true });
      const { questions } = await run(["release", "promote", "v1.1.0", flag], { ...desk, isInteractive: true });
      expect(questions).toEqual([]);
      expect((await run(["release", "promote", "v1.1.0"], desk)).questions).toEqual([]);
      expect(desk.calls.filter(([name]) => name === "promote")).toHaveLength(2);
    },
  );

  it("promotes none that is a full release: it would become the latest", async () => {
    const desk = aDesk();
    const { exitCode, stdout } = await run(["release", "promote", "v1.1.0"], { ...desk, isInteractive: true });
    expect([exitCode, stdout]).toEqual([0, "v1.1.0 is a full release already: https://github.example/r/v1.1.0\n"]);
    expect(desk.calls).toEqual([["show", "v1.1.0"]]);
  });

  it("publishes a way back, with a reason", async () => {
    const desk = aDesk();
    const { exitCode } = await run(["release", "rollback", "v1.0.0", "--reason", "orders fail"], desk);
    expect(exitCode).toBe(0);
    expect(desk.calls.map(([name]) => name)).toEqual(["draftRollback", "create"]);
    expect(desk.calls[0]?.[1]).toEqual({ to: "v1.0.0", reason: "orders fail", actor: "ada" });
    expect((await run(["release", "rollback"], desk)).exitCode).toBe(2);
  });

  it("compares two", async () => {
    const { stdout } = await run(["release", "compare", "v1.0.0"], aDesk());
    expect(stdout).toBe(`v1.1.0 has 3 commits since v1.0.0, and lacks 1 of it

commits
  c0ffeec0  feat: carts  ada
  and 2 before

pull requests
  #7  Carts  ada  approved by grace

https://github.example/compare
`);
  });

  it("tells in a comparison what came by no pull request", async () => {
    const { stdout } = await run(["release", "compare", "v1.0.0"], aDesk({}, { direct: ["c0ffeec0ffee"], unasked: 2 }));
    expect(stdout).toContain(`by no pull request
  c0ffeec0  feat: carts  ada
  2 more commits are too many to be asked for
`);
  });
});

describe("in a run of GitHub", () => {
  const env = { GITHUB_ACTIONS: "true" };
  const byRun = { author: "github-actions[bot]" };
  const warned =
    /^::warning .*::this (?:starts|may start) no workflow, (?:as|where) the token of this run .*sluice deploy/m;

  it.each([
    ["create", "v1.1.0"],
    ["rollback", "--reason=slow"],
  ])("%s says that its own token starts no workflow", async (...args) => {
    expect((await run(["release", ...args], { ...aDesk({}, {}, byRun), env })).stdout).toMatch(warned);
    const json = await run(["release", ...args, "--json"], { ...aDesk({}, {}, byRun), env });
    expect(events(json.stdout)).toHaveLength(1);
    expect(json.stderr).toContain("this starts no workflow, as the token of this run published");
  });

  it("nothing is said of a draft, of another token, or elsewhere", async () => {
    const create = ["release", "create", "v1.1.0"];
    const draft = aDesk({}, {}, { ...byRun, isDraft: true });
    const ran = [
      await run(create, { ...draft, env }),
      await run(create, { ...aDesk(), env }),
      await run(create, aDesk({}, {}, byRun)),
      await run(["release", "promote", "v1.1.0"], aDesk({ isPrerelease: true })),
    ];
    expect(ran.map(({ stdout, stderr }) => /no workflow/.test(stdout + stderr))).toEqual([false, false, false, false]);
  });

  it("promote says so for a token that may be that of the run, and for no other", async () => {
    const promote = async (mayBeOfRun: boolean) =>
      run(["release", "promote", "v1.1.0"], { ...aDesk({ isPrerelease: true }, {}, {}, mayBeOfRun), env });
    expect((await promote(true)).stdout).toMatch(warned);
    expect((await promote(false)).stdout).not.toContain("no workflow");
  });
});

describe("notes of a file", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-notes-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("take the place of those that are made", async () => {
    await writeFile(join(directory, "notes.md"), "By hand.\n");
    const desk = aDesk();
    await run(["release", "create", "v1.1.0", "--notes", "notes.md"], { ...desk, cwd: directory });
    expect(desk.calls[0]?.[1]).toMatchObject({ notes: "By hand.\n" });
    const missing = await run(["release", "create", "v1.1.0", "--notes", "gone.md"], { ...aDesk(), cwd: directory });
    expect(missing.exitCode).not.toBe(0);
    expect(missing.stderr).toContain("gone.md cannot be read");
    const noFile = await run(["release", "create", "v1.1.0", "--notes", "."], { ...aDesk(), cwd: directory });
    expect(noFile.stderr).toContain("name a file with --notes that you may read");
    expect(noFile.stderr).not.toContain("write to");
  });
});
