import type { Clock, ContainerExec, ExecOptions, ThrowAwayContainers } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { isSwapOpen, leftSwapText, mendSwap, readLeftSwap, settleSwap } from "./mend-swap.ts";
import { createMysqlDriver } from "./mysql-driver.ts";
import { putScripts } from "./swap-client.ts";
import type { MysqlTarget } from "./target.ts";

const target: MysqlTarget = { kind: "mariadb", container: "0123456789abcdef", user: "root", database: "shop" };
const note = { live: "shop", fresh: "shop__restore_1", old: "shop__old_1", scheduled: true, undoes: false };

interface Left {
  /** What is found in the container, line by line. */
  readonly lines: readonly string[];
  readonly oldTables?: number;
  /** Statements of the swap that go on in the server, at each look. */
  readonly working?: readonly number[];
  readonly exitCode?: number;
}

/** A container in which something is left; what is run in it to put that right, as arguments. */
function aContainer({ lines, oldTables = 0, working = [], exitCode = 0 }: Left) {
  const runs: (readonly string[])[] = [];
  const looks = [...working];
  const answer = (sql: string) => {
    if (sql.includes("information_schema.tables")) return `${oldTables}`;
    if (sql.includes("information_schema.processlist")) return `${looks.shift() ?? 0}`;
    return "";
  };
  const exec = async (_container: string, command: readonly string[], { stdin = "" }: ExecOptions = {}) => {
    const ended = (stdout: string, code = 0) => ({ exitCode: code, stdout: Buffer.from(stdout), stderr: "denied" });
    if (command[0] !== "sh") return ended(`${answer(typeof stdin === "string" ? stdin : "")}\n`);
    if (command.length === 6) return ended(lines.join("\n"));
    runs.push(command.slice(5, 9));
    return ended("", exitCode);
  };
  const ports = { exec } as unknown as ContainerExec;
  return { runs, ports, mend: () => mendSwap(ports, target, { session: "mend" }) };
}

const left = (...states: readonly string[]) => [JSON.stringify(note), ...states];

describe("what a swap has left", () => {
  it("is told by a note that is written last, where nothing of an earlier swap is left to tell of it", async () => {
    const runs: string[] = [];
    const exec = async (_container: string, command: readonly string[]) => {
      runs.push(command[2]?.startsWith("rm") ? "rm" : (command.at(-1) ?? ""));
      return { exitCode: 0, stdout: Buffer.from(""), stderr: "" };
    };
    const scripts = { script: "s", after: "a", rights: "r", back: { live: "l", fresh: "f" } };
    await putScripts({ exec } as unknown as ContainerExec, target, scripts, note);
    expect([runs[0], runs.at(-1), runs.length]).toEqual(["rm", "/tmp/sluice-swap.note", 7]);
  });

  it("is nothing without a note, or with one that says nothing", async () => {
    for (const lines of [[], ["{"], ["null"], ['{"live":""}']]) {
      const { mend, runs, ports } = aContainer({ lines });
      expect(await readLeftSwap(ports, target)).toBeNull();
      expect([await mend(), runs]).toEqual([null, []]);
    }
  });

  it("is only swept where its script had not begun: nothing was changed, and the events run as they did", async () => {
    const { mend, runs } = aContainer({ lines: left() });
    expect([await mend(), runs]).toEqual([null, [["none", "false", "shop", "shop__restore_1"]]]);
  });

  it.each([
    ["back", left("begun"), 0, "is given up, and the database is as it was; its events run again"],
    ["after", left("begun", "renamed"), 0, "is finished; its events run again"],
    // The statement went on when its client was dead.
    ["after", left("begun"), 3, "is finished; its events run again"],
  ])("is put right by what is %s", async (how, lines, oldTables, text) => {
    const { mend, runs } = aContainer({ lines, oldTables, working: [1, 1, 0] });
    expect(await mend()).toContain(text);
    expect(runs).toEqual([[how, "true", "shop", "shop__restore_1"]]);
  });

  it("leaves events at rest that rested before", async () => {
    const lines = [JSON.stringify({ ...note, scheduled: false }), "begun"];
    const { mend, runs } = aContainer({ lines });
    expect(await mend()).toMatch(/as it was$/);
    expect(runs).toEqual([["back", "false", "shop", "shop__restore_1"]]);
  });

  it("is not touched while the server still works on it", async () => {
    const { mend, runs } = aContainer({ lines: left("begun"), working: Array.from({ length: 1_000 }, () => 1) });
    expect([await mend(), runs]).toEqual([null, []]);
  });

  it("of an undo is finished where its tables are back", async () => {
    const lines = [JSON.stringify({ ...note, undoes: true }), "begun", "renamed"];
    const { mend, runs } = aContainer({ lines });
    expect(await mend()).toMatch(/^taking shop__restore_1 out of .* and is finished; its events run again$/);
    expect(runs).toEqual([["back", "true", "shop", "shop__restore_1"]]);
  });

  it("of an undo is else for a person to look at, but for the events", async () => {
    const lines = [JSON.stringify({ ...note, undoes: true }), "begun"];
    const { mend, runs } = aContainer({ lines, oldTables: 3 });
    expect(await mend()).toMatch(/look before you drop either; its events run again$/);
    expect(runs).toEqual([["none", "true", "shop", "shop__restore_1"]]);
  });

  it("says nothing of events that its script has let run again", async () => {
    const lines = [JSON.stringify({ ...note, undoes: true }), "begun", "renamed", "resumed"];
    const { mend, runs, ports } = aContainer({ lines });
    expect(await readLeftSwap(ports, target)).toMatchObject({ scheduled: false, renamed: true });
    expect(await mend()).toMatch(/is finished$/);
    expect(runs).toEqual([["back", "false", "shop", "shop__restore_1"]]);
  });

  it("says why the events do not run again", async () => {
    expect(await aContainer({ lines: left("begun"), exitCode: 1 }).mend()).toMatch(/; its events rest: denied$/);
  });

  it("is told with what puts it right, and the events alone at once", () => {
    const begun = { ...note, begun: true, renamed: false };
    expect(leftSwapText(begun, target)).toEqual({
      what: "putting shop__restore_1 in the place of database shop ended in its middle, and the server runs no events since",
      why: expect.stringContaining("at certain times is not done"),
      mend: 'the next sluice db backup puts it right; for the events alone: docker exec -it 0123456789ab mariadb -u root -p -e "set global event_scheduler = on"',
    });
    const undone = { ...begun, scheduled: false, undoes: true };
    expect(leftSwapText(undone, target)).toEqual({
      what: "taking shop__restore_1 out of the place of database shop ended in its middle",
      why: expect.stringMatching(
        /are in shop or in shop__old_1, and views, triggers, routines and events may be missing$/,
      ),
      mend: "look into shop and shop__old_1 before you drop either",
    });
    expect(leftSwapText({ ...undone, renamed: true }, target)).toMatchObject({
      why: "views, triggers, routines and events may be missing",
      mend: "the next sluice db backup puts it right",
    });
    expect(leftSwapText({ ...begun, scheduled: false }, target)?.mend).toBe("the next sluice db backup puts it right");
    expect(leftSwapText({ ...begun, begun: false }, target)).toBeNull();
  });
});

describe("who puts another database in the place", () => {
  /** A container in which a swap runs for so many looks. */
  const settle = async (looks: number) => {
    let left = looks;
    let slept = 0;
    const seen: number[] = [];
    const exec = async (_container: string, command: readonly string[], { stdin = "" }: ExecOptions = {}) => {
      if (stdin === "do sleep(0.1);\n") slept += 1;
      const isLook = command[2]?.includes("/environ");
      const isWait = isLook && command[2]?.includes("echo runs");
      if (isLook && !isWait) seen.push(slept);
      const stdout = Buffer.from(isWait && (left -= 1) >= 0 ? "runs\n" : "");
      return { exitCode: 0, stdout, stderr: "" };
    };
    await settleSwap({ exec } as unknown as ContainerExec, target, { session: "restore" });
    return seen;
  };

  it("waits until nothing of an earlier swap runs, whose scripts it would take away, and puts right what that left", async () => {
    expect(await settle(0)).toEqual([0]);
    expect(await settle(3)).toEqual([3]);
  });

  it("says of no restore that it took nobody's place while its swap goes on", async () => {
    const [backup, old] = ["20260501T100000Z-abcd", "shop__old_20260501t100000z_abcd"];
    let looks = 3;
    const answerTo = (sql: string) => {
      if (sql.includes("information_schema.schemata")) return Buffer.from(old).toString("hex");
      // The tables of the live database are there once it has ended.
      if (sql.includes("information_schema.tables")) return looks > 0 ? "0" : "2";
      return sql.includes("lower_case_table_names") ? Buffer.from("shop").toString("hex") : "";
    };
    const exec = async (_container: string, command: readonly string[], { stdin = "" }: ExecOptions = {}) => {
      const sql = typeof stdin === "string" ? stdin : "";
      const isWait = command[2]?.includes("echo runs");
      const answer = command[0] === "sh" ? (isWait && (looks -= 1) >= 0 ? "runs" : "") : answerTo(sql);
      if (sql.includes("referential_constraints")) throw new Error("it goes on");
      return { exitCode: 0, stdout: Buffer.from(answer), stderr: "" };
    };
    const ports = {
      exec: { exec } as unknown as ContainerExec,
      throwAway: {} as ThrowAwayContainers,
      clock: {} as Clock,
    };
    const driver = createMysqlDriver({ ...ports, stack: "shop", target, scratchMemoryBytes: 1 });
    await expect(driver.undoSwap({ backup })).rejects.toThrow("it goes on");
  });

  it("leaves it alone where that does not end", async () => {
    await expect(settle(Number.POSITIVE_INFINITY)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("still runs in container 0123456789ab"),
    });
  });
});

describe("a database that was restored beside the live one", () => {
  const isOpen = async (found: string, lines: readonly string[]) => {
    const exec = async (_container: string, command: readonly string[]) => ({
      exitCode: 0,
      stdout: Buffer.from(command.length === 6 ? lines.join("\n") : found),
      stderr: "",
    });
    return isSwapOpen({ exec } as unknown as ContainerExec, target, note.fresh);
  };

  it("may hold tables that are in use while a swap of it runs, and where one has ended in its middle", async () => {
    expect(await isOpen(JSON.stringify(note), [])).toBe(true);
    expect(await isOpen(JSON.stringify(note), left("begun"))).toBe(true);
  });

  it("holds none before its swap has begun, after it is done, and while that of another goes on", async () => {
    expect(await isOpen(JSON.stringify(note), left())).toBe(false);
    expect(await isOpen("", [])).toBe(false);
    expect(await isOpen(JSON.stringify({ ...note, fresh: "crm__restore_1" }), [])).toBe(false);
  });
});
