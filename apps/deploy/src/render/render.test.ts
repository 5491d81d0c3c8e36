import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvent, type EventBody } from "@sluice/core";
import { rehearsalOutcome } from "@sluice/wiring";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandContext } from "../context.ts";
import { aRehearsal } from "../testing/a-rehearsal.ts";
import { at } from "../testing/fake-deployer.ts";
import { badEvents, goodEvents } from "../testing/scripts.ts";
import { createRenderer, outputMode } from "./choose.ts";
import { createGithubRenderer } from "./github.ts";
import { withGithubOutputs } from "./github-outputs.ts";
import { githubSummary } from "./github-summary.ts";
import { createPlainRenderer } from "./plain.ts";
import type { Renderer } from "./renderer.ts";
import { createStory } from "./story.ts";
import { createTtyRenderer } from "./tty.ts";

interface Captured {
  readonly stdout: { write(text: string): void; readonly isTTY: boolean; columns: number };
  readonly stderr: { write(text: string): void };
  readonly text: () => string;
}

function capture({ isTTY = false, columns = 80 } = {}): Captured {
  let text = "";
  const write = (chunk: string) => {
    text += chunk;
  };
  return { stdout: { write, isTTY, columns }, stderr: { write }, text: () => text };
}

function play(renderer: Renderer, script: readonly EventBody[]): void {
  for (const body of script) renderer.onEvent(createEvent(at, body));
  renderer.end();
}

describe("the choice", () => {
  it.each([
    [{ json: true, plain: true }, { GITHUB_ACTIONS: "true" }, true, "json"],
    [{ plain: true }, { GITHUB_ACTIONS: "true" }, true, "plain"],
    [{}, { GITHUB_ACTIONS: "true" }, true, "github"],
    [{}, {}, true, "tty"],
    [{}, { TERM: "dumb" }, true, "plain"],
    [{}, { CI: "true" }, false, "plain"],
  ] as const)("%j in %j, terminal %s: %s", (flags, env, isTTY, mode) => {
    expect(outputMode(flags, { env, stdout: { write: () => {}, isTTY } })).toBe(mode);
  });
});

describe("how it ended", () => {
  const ended = (over: object) => {
    const { stdout, text } = capture();
    const end = { ...badEvents.at(-1), ...over } as EventBody;
    play(createPlainRenderer({ stdout, now: () => at }, ""), [...badEvents.slice(0, 1), end]);
    return text()
      .split("\n")
      .find((line) => line.startsWith("outcome"));
  };

  it.each([
    [{ outcome: "failed", exitCode: 20, code: "CHECK_FAILED" }, "v2 failed before it took over"],
    [{ outcome: "failed", exitCode: 20, code: "ABORTED" }, "v2 was aborted before users were led to it"],
    [{ outcome: "rolled-back", exitCode: 21, code: "ABORTED" }, "v2 was aborted: users are back at what served before"],
    [{ outcome: "failed", exitCode: 20, code: "NOT_APPROVED" }, "v2 was not approved before users were led to it"],
    [
      { outcome: "rolled-back", exitCode: 21, code: "NOT_APPROVED" },
      "v2 was not approved: users are back at what served before",
    ],
    [
      { outcome: "needs-person", exitCode: 30, code: "ABORTED" },
      "v2 could neither be finished nor undone: a person is needed",
    ],
    [
      { outcome: "needs-person", exitCode: 30, undone: true },
      "v2 was undone, and what was before it does not serve: a person is needed",
    ],
    [
      { outcome: "needs-person", exitCode: 30, undone: true, shut: ["admin"] },
      "v2 was undone, and not all of what was before it serves: a person is needed",
    ],
    [{ outcome: "interrupted", exitCode: 130 }, "v2 was interrupted"],
    [{ outcome: "interrupted", exitCode: 0 }, "v2 was undone, as asked"],
  ])("is said as it was decided: %j", (over, expected) => {
    expect(ended(over)).toBe(`outcome  ${expected} (9s)`);
  });

  it("says that what users were led back to does not serve where it was undone to that", () => {
    const serving = { release: "r1", tag: "v1", slot: "blue", share: 100 } as const;
    const end = { ...badEvents.at(-1), outcome: "needs-person", exitCode: 30, undone: true, serving } as EventBody;
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, ""), [...badEvents.slice(0, 1), end]);
    expect(text()).toContain("v1 should serve (blue, 100 %), and does not");
    expect(text()).not.toContain("v1 serves");
  });
});

describe("plain output", () => {
  it("is one line with a time for each event, and the last words", () => {
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, " -p shop"), goodEvents);
    expect(text()).toBe(`2026-05-01T10:00:00.000Z deploy v2 as d1 by ada: release v2
2026-05-01T10:00:00.000Z plan:
2026-05-01T10:00:00.000Z 1. verify  slot green  (users must not find out)
2026-05-01T10:00:00.000Z verify slot green: users must not find out
2026-05-01T10:00:00.000Z   products: pass, 200 (limit status 200, n=1)
2026-05-01T10:00:00.000Z verify slot green: done in 1.5s
2026-05-01T10:00:00.000Z   web: 100 % to green
2026-05-01T10:00:00.000Z v2 is live (1m20s); v2 serves (green, 100 %); exit code 0

outcome  v2 is live (1m20s)
now      v2 serves (green, 100 %)
`);
  });

  it("says what failed, why, what serves and what to type, after a failure", () => {
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, " -p shop"), badEvents);
    expect(text()).toContain("error CHECK_FAILED: compose.yaml:3:5: products: 503, limit status 200 (n=3)");
    expect(text()).toContain("  hint: see the log of the candidate\n");
    expect(text()).toContain("shop-green-web-1 | price list not found");
    expect(text().split("\n\n").at(-1)).toBe(`outcome  v2 failed before it took over (9s)
failed   verify slot green
because  products: 503, limit status 200 (n=3)
now      v1 serves (blue, 100 %)
next     sluice -p shop deploy --release v2 --retry
`);
  });
});

it("all that a failed deployment wrote is behind the command that is said at its end", () => {
  const logs = ["build", "web"];
  const events = badEvents.map((body) => (body.type === "deployment-end" ? { ...body, deployment: "d1", logs } : body));
  const command = "sluice -p shop logs --deployment d1 build web";
  const { stdout, text } = capture();
  play(createPlainRenderer({ stdout, now: () => at }, " -p shop"), events);
  expect(text()).toContain(`\nlogs     ${command}\nnow `);
  const story = createStory();
  for (const body of events) story.add(createEvent(at, body));
  expect(githubSummary(story, " -p shop", at)).toContain(`**Logs:** \`${command}\``);
});

describe("what is to be done before a release is tried again", () => {
  const failedWith = (code: string): readonly EventBody[] =>
    badEvents.map((body) => (body.type === "error" ? { ...body, code, hint: "free space: `sluice prune`" } : body));

  it.each(["DISK_FULL", "IMAGE_MISSING", "ENGINE_UNREACHABLE"])("is said where %s is no fault of it", (code) => {
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, " -p shop"), failedWith(code));
    expect(text()).toContain("next     free space: `sluice prune`; then sluice -p shop deploy --release v2 --retry\n");
    const story = createStory();
    for (const body of failedWith(code)) story.add(createEvent(at, body));
    expect(githubSummary(story, " -p shop", at)).toContain(
      "**Next:** free space: \\`sluice prune\\`; then `sluice -p shop deploy --release v2 --retry`",
    );
  });

  it("is nothing where the release failed", () => {
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, ""), failedWith("BUILD_FAILED"));
    expect(text()).toContain("next     sluice deploy --release v2 --retry\n");
  });
});

describe("what is to be typed next", () => {
  const next = (script: readonly EventBody[]) => {
    const { stdout, text } = capture();
    play(createPlainRenderer({ stdout, now: () => at }, ""), script);
    return /^next +(.*)$/m.exec(text())?.[1];
  };

  it("tries a rollback again that failed, and deploys nothing", () => {
    const script = badEvents.map(
      (body): EventBody => (body.type === "deployment-start" ? { ...body, kind: "rollback" } : body),
    );
    expect(next(script)).toBe("sluice rollback v2");
  });

  it("is no deployment where it is not known what was tried", () => {
    const script = badEvents.filter(({ type }) => type !== "deployment-start");
    expect(next(script)).toBe("see the log of the candidate");
  });
});

describe("the terminal", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: at });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const env = { NO_COLOR: "1" };

  it("keeps a line of each step, and shows the one under way with its time", () => {
    const { stdout, text } = capture({ isTTY: true });
    const renderer = createTtyRenderer({ stdout, env, now: () => new Date() }, "");
    const [start, plan, stepStart] = goodEvents;
    for (const body of [start, plan, stepStart]) renderer.onEvent(createEvent(at, body as EventBody));
    vi.advanceTimersByTime(1_000);
    expect(screen(text())).toEqual([
      "deploy v2 d1: release v2",
      expect.stringMatching(/^\S verify slot green {2}1s$/),
      "  users must not find out",
    ]);
    play(renderer, goodEvents.slice(3));
    expect(screen(text())).toEqual([
      "deploy v2 d1: release v2",
      "✔ verify slot green  1.5s",
      "",
      "outcome  v2 is live (1m20s)",
      "now      v2 serves (green, 100 %)",
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps what went wrong, with the last lines of the log", () => {
    const { stdout, text } = capture({ isTTY: true });
    play(createTtyRenderer({ stdout, env, now: () => new Date() }, ""), badEvents);
    expect(screen(text()).slice(1, 10)).toEqual([
      "  products: fail, 503 (limit status 200, n=3)",
      "✖ verify slot green  1.5s",
      "  products: 503, limit status 200 (n=3)",
      "error CHECK_FAILED: compose.yaml:3:5: products: 503, limit status 200 (n=3)",
      "  hint: see the log of the candidate",
      "  | panic: 100%",
      "  | ::error::not a command",
      "  shop-green-web-1 | price list not found ##[error]x",
      "↩ create slot green undone  200ms",
    ]);
  });

  it("never lets a line that is drawn again wrap", () => {
    const { stdout, text } = capture({ isTTY: true, columns: 20 });
    const renderer = createTtyRenderer({ stdout, env, now: () => new Date() }, "");
    for (const body of goodEvents.slice(0, 3)) renderer.onEvent(createEvent(at, body));
    const lines = screen(text()).slice(1);
    renderer.end();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20);
  });

  it.each([
    [80, "漢".repeat(60)],
    [0, "漢".repeat(60)],
    [80, `${"漢".repeat(30)}${"🚀".repeat(30)}`],
  ])("counts columns and not characters, at %i of them", (columns, progress) => {
    const { stdout, text } = capture({ isTTY: true, columns });
    const renderer = createTtyRenderer({ stdout, env, now: () => new Date() }, "");
    for (const body of goodEvents.slice(0, 3)) renderer.onEvent(createEvent(at, body));
    renderer.onEvent(createEvent(at, { type: "step-progress", deployment: "d1", step: "verify", text: progress }));
    const line = screen(text()).at(-1) ?? "";
    renderer.end();
    const width = Array.from(line).reduce((sum, character) => sum + (/[漢🚀]/u.test(character) ? 2 : 1), 0);
    expect(line).toMatch(/^ {2}漢+.*…$/u);
    expect(width).toBeLessThan(80);
    expect(width).toBeGreaterThan(76);
  });

  it("lets no text of others move the cursor in the lines that are drawn again", () => {
    const { stdout, text } = capture({ isTTY: true });
    const renderer = createTtyRenderer({ stdout, env, now: () => new Date() }, "");
    for (const body of goodEvents.slice(0, 3)) renderer.onEvent(createEvent(at, body));
    const progress = "pulling\r50 %\t\u001B[2J\u001B[31mred\nmore\u0007";
    renderer.onEvent(createEvent(at, { type: "step-progress", deployment: "d1", step: "verify", text: progress }));
    expect(text()).toContain("\n  pulling 50 % red more \n");
    expect(text()).not.toContain("\u001B[2J");
    renderer.end();
  });

  it("has colours, unless NO_COLOR says otherwise", () => {
    const { stdout, text } = capture({ isTTY: true });
    play(createTtyRenderer({ stdout, env: {}, now: () => new Date() }, ""), goodEvents);
    expect(text()).toContain("\u001B[32m✔\u001B[39m");
  });
});

/** What a terminal would show of text that only goes up, clears lines and returns to their start. */
function screen(text: string): readonly string[] {
  const lines = [""];
  let row = 0;
  const up = "\u001B[1A";
  const clear = "\u001B[2K";
  for (const token of text
    .replaceAll(up, "\r\f")
    .replaceAll(clear, "\r\v")
    .split(/([\f\v\r\n])/)) {
    if (token === "\f") row = Math.max(0, row - 1);
    else if (token === "\v") lines[row] = "";
    else if (token === "\n") lines[++row] ??= "";
    else if (token !== "\r") lines[row] = `${lines[row] ?? ""}${token}`;
  }
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

describe("GitHub Actions", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-github-"));
  });
  afterEach(async () => rm(directory, { recursive: true }));

  function renderAll(script: readonly EventBody[], files = directory) {
    const captured = capture();
    const env = { GITHUB_OUTPUT: join(files, "output"), GITHUB_STEP_SUMMARY: join(files, "summary.md") };
    const renderer = createGithubRenderer(captured, " -p shop");
    play(withGithubOutputs(renderer, { ...captured, env, now: () => at }, " -p shop"), script);
    return captured.text();
  }

  it.each(["json", "plain"] as const)("outputs and summary are written with --%s too", async (mode) => {
    const captured = capture();
    const files = { GITHUB_OUTPUT: join(directory, "output"), GITHUB_STEP_SUMMARY: join(directory, "summary.md") };
    const context = { ...captured, env: { GITHUB_ACTIONS: "true", ...files }, now: () => at };
    play(await createRenderer(mode, context as unknown as CommandContext, ""), badEvents);
    expect(captured.text()).not.toContain("::group::");
    expect(await readFile(files.GITHUB_OUTPUT, "utf8")).toMatch(/^outcome<<[^\n]+\nfailed$/m);
    expect(await readFile(files.GITHUB_STEP_SUMMARY, "utf8")).toContain("v1");
  });

  it("groups the lines of each step", () => {
    expect(renderAll(goodEvents)).toContain(
      "::group::verify slot green\nusers must not find out\n  products: pass, 200 (limit status 200, n=1)\ndone in 1.5s\n::endgroup::\n",
    );
  });

  it("opens and closes as many groups, also after a failure", () => {
    const text = renderAll(badEvents);
    expect(text.match(/^::group::/gm)?.length).toBe(text.match(/^::endgroup::/gm)?.length);
  });

  it("annotates an error at its place", () => {
    expect(renderAll(badEvents)).toContain(
      "::error title=CHECK_FAILED,file=compose.yaml,line=3,col=5::products: 503, limit status 200 (n=3)%0Asee the log of the candidate\n",
    );
  });

  it("lets nothing that an application wrote become a command of the runner", () => {
    const text = renderAll(badEvents);
    expect(text.match(/^\s*::error/gm)).toHaveLength(1);
    expect(text).not.toContain("##[");
  });

  it.each([["\n"], ["\r"], ["\r\n"]])("nor what it wrote behind %j, wherever it is shown", (lineBreak) => {
    const told = (text: string) => `${text}${lineBreak}  ::set-output name=outcome::live${lineBreak}::stop-commands::x`;
    const script = badEvents.map((body): EventBody => {
      const { type } = body;
      if (type === "deployment-start" || type === "deployment-end") return { ...body, reason: told("why") };
      if (type === "plan") return { ...body, text: told("1. verify") };
      if (type === "step-start") return { ...body, cause: told("so") };
      if (type === "step-end") return { ...body, detail: told("exit code 1") };
      if (type === "output-line") return { ...body, text: told("GET /") };
      if (type === "error") return { ...body, message: told("failed"), hint: told("look"), detail: told("panic") };
      if (type !== "verdict") return body;
      return { ...body, verdict: { ...body.verdict, value: told("500"), detail: told("Oops") } };
    });
    const progress: EventBody = { type: "step-progress", deployment: "d1", step: "verify", text: told("waits") };
    const finding: EventBody = {
      type: "finding",
      finding: { severity: "warn", code: "not-asked", message: told("m") },
    };
    const order: EventBody = { type: "order", deployment: "d1", order: "pause", actor: "ada", reason: told("lunch") };
    const text = renderAll([...script.slice(0, -1), progress, finding, order, ...script.slice(-1)]);
    const commands = text
      .split(/\r\n|\r|\n/)
      .filter((line) => /^\s*::(?!(?:group|endgroup|error|warning)\b)/.test(line));
    expect(commands).toEqual([]);
    expect(text).toContain(": :stop-commands::x");
  });

  it("sets outputs that later steps can use", async () => {
    renderAll(badEvents);
    const output = await readFile(join(directory, "output"), "utf8");
    const values = Object.fromEntries(
      [...output.matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]),
    );
    expect(values).toEqual({
      deployment: expect.stringMatching(/./),
      unfinished: "",
      outcome: "failed",
      serving: "v1",
      slot: "blue",
      previous: "v1",
      report: "",
      "exit-reason": "products: 503, limit status 200 (n=3)",
    });
  });

  it("tells which deployment it is as soon as it begins: one that is killed tells nothing else", async () => {
    renderAll(badEvents.filter(({ type }) => type !== "deployment-end"));
    const output = await readFile(join(directory, "output"), "utf8");
    expect(output.match(/^(\S+)<</gm)).toEqual(["deployment<<", "unfinished<<"]);
  });

  const toldUnfinished = async (script: readonly EventBody[]) => {
    renderAll(script);
    const output = await readFile(join(directory, "output"), "utf8");
    return [...output.matchAll(/^unfinished<<(.+)\n(.*)\n\1$/gm)].map(([, , id]) => id);
  };

  it.each([
    ["live", ["d1", ""]],
    ["rolled-back", ["d1", ""]],
    ["interrupted", ["d1"]],
    ["needs-person", ["d1"]],
  ] as const)("tells what it began as unfinished until it has an end: %s", async (outcome, told) => {
    const script = goodEvents.map((body) => (body.type === "deployment-end" ? { ...body, outcome } : body));
    expect(await toldUnfinished(script)).toEqual(told);
  });

  it("tells nothing of others as unfinished: neither what it finished, nor what it left to a person", async () => {
    const ends = goodEvents.filter(({ type }) => type !== "deployment-start");
    const before = ends.map((body): EventBody => ("deployment" in body ? { ...body, deployment: "d0" } : body));
    const left = before.map((body) => (body.type === "deployment-end" ? { ...body, outcome: "needs-person" } : body));
    expect(await toldUnfinished([...before, ...(left as EventBody[])])).toEqual([]);
  });

  it("tells which deployment it is again where what a dead run left came first", async () => {
    const before: EventBody[] = [];
    for (const body of badEvents) if (body.type === "deployment-end") before.push({ ...body, deployment: "d0" });
    const refused = before.map((body) => ({ ...body, deployment: "" }));
    renderAll([...before, ...goodEvents, ...refused]);
    const output = await readFile(join(directory, "output"), "utf8");
    expect([...output.matchAll(/^deployment<<(.+)\n(.*)\n\1$/gm)].map(([, , id]) => id)).toEqual(["d0", "d1"]);
  });

  it("puts what a rehearsal saw into the summary of the job", () => {
    const story = createStory();
    const step = { deployment: "d1", step: "rehearse" };
    const rehearsal = rehearsalOutcome(
      aRehearsal({
        verdict: "block",
        findings: [{ code: "rows-lost", severity: "block", table: null, message: "a | b" }],
      }),
    );
    const [end] = badEvents.slice(-1);
    for (const body of [{ ...step, type: "rehearsal", rehearsal } as const, ...(end ? [end] : [])]) {
      story.add(createEvent(new Date(0), body));
    }
    const lines = githubSummary(story, "", new Date(0)).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        String.raw`**Rehearsal:** the migration must not run; rollback of images safe: yes \(2 of its checks passed\)`,
        String.raw`| block | a \| b |  | rows-lost |`,
        "| 12ms | 0 | alter table orders add column note text |",
        "| public.orders | reads and writes | 14ms | ALTER TABLE |",
        "<sub>not tested: the application's own traffic beside the migration</sub>",
      ]),
    );
  });

  it("writes the summary of the job, where text of others is only text", async () => {
    const script: EventBody[] = badEvents.map((body) =>
      body.type === "error" ? { ...body, message: "a | b <img src=x>" } : body,
    );
    renderAll(script);
    const summary = await readFile(join(directory, "summary.md"), "utf8");
    expect(summary).toContain(String.raw`## ❌ v2 failed before it took over \(9s\)`);
    expect(summary).toContain(String.raw`**Now:** v1 serves \(blue, 100 %\)`);
    expect(summary).toContain("**Next:** `sluice -p shop deploy --release v2 --retry`");
    expect(summary).toContain("| verify | slot green | failed | 1.5s |");
    expect(summary).toContain("**CHECK_FAILED:** a \\| b &lt;img src=x&gt;");
    expect(summary).toContain("    shop-green-web-1 | price list not found");
  });

  it("lets nothing of others be a link, an image, a mention or a line of the summary", async () => {
    const others = "![x](https://g.example/p) [y](z) @ada\r# head\n- item `code`";
    const script = badEvents.map((body): EventBody => {
      if (body.type === "error") return { ...body, message: others, hint: others };
      if (body.type === "output-line") return { ...body, text: others };
      if (body.type === "verdict") return { ...body, verdict: { ...body.verdict, value: others } };
      return body.type === "deployment-start" ? { ...body, actor: others, reason: others } : body;
    });
    renderAll(script);
    const summary = await readFile(join(directory, "summary.md"), "utf8");
    const lines = summary.split(/\r\n|\r|\n/);
    expect(lines.filter((line) => /^(?:#|- )/.test(line))).toHaveLength(1);
    const isOutput = (line: string) => line.startsWith("    ");
    expect(lines.filter(isOutput)).toEqual([`    shop-green-web-1 | ${others.replaceAll(/[\r\n]/g, " ")}`]);
    expect(lines.filter((line) => !isOutput(line)).join("\n")).not.toMatch(/(?<!\\)[![\]]|https:\/\/|@/);
  });

  it("goes on when the files cannot be written", () => {
    expect(renderAll(goodEvents, join(directory, "gone"))).toContain("GITHUB_OUTPUT cannot be written");
  });
});
