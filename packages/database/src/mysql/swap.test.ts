import { type ContainerExec, type ExecOptions, isSluiceError, SluiceError, type StreamOptions } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { swapDatabases } from "./swap.ts";
import { fromHex, type MysqlTarget } from "./target.ts";

const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop" };
const request = { live: "shop", fresh: "shop__restore_1", old: "shop__old_1" };
type Content = Readonly<Record<"live" | "fresh" | "old", readonly string[]>>;
const before: Content = { live: ["orders"], fresh: ["orders"], old: [] };
const after: Content = { live: ["orders"], fresh: [], old: ["orders"] };

interface Server {
  /** What becomes of each sequence of scripts, in turn. */
  readonly runs: readonly ((server: Changing) => number)[];
  /** What becomes of it when its client is ended. */
  readonly onEnd?: (server: Changing) => void;
  /** What each database holds besides tables: `view`, `trigger`, … */
  readonly besides?: readonly string[];
}

interface Changing {
  content: Content;
  /** Id of the session that swaps. */
  session: string;
}

const lost = () => {
  throw new SluiceError("EXEC_FAILED", "the connection to a process in a container broke");
};

/** A server that is asked what it holds, and all that it is told. */
function serverWith({ runs, onEnd = () => undefined, besides = [] }: Server) {
  const state: Changing = { content: before, session: "" };
  const told: string[] = [];
  const waiting = [...runs];
  const named = (sql: string) => {
    const name = fromHex(/ = _utf8mb4 0x([0-9a-f]+)/.exec(sql)?.[1] ?? "");
    return Object.entries(request).find(([, database]) => database === name)?.[0] as keyof Content;
  };
  const answer = (sql: string): readonly string[] => {
    if (sql.includes("@@global.event_scheduler")) return ["ON"];
    if (sql.includes("'table', hex")) {
      const of = (kind: string, name: string, more = "") => `${kind}\t${Buffer.from(name).toString("hex")}\t${more}`;
      const rest = besides.map((kind) => of(kind, `a ${kind}`));
      return [
        of("set", "latin1", "latin1_bin"),
        ...state.content[named(sql)].map((name) => of("table", name)),
        ...rest,
      ];
    }
    if (sql.includes("count(*) from information_schema.tables")) return [`${state.content[named(sql)].length}`];
    if (sql.includes("from information_schema.processlist")) return state.session === "" ? [] : [state.session];
    return [];
  };
  let [open, most] = [0, 0];
  const exec = async (...call: Parameters<typeof run>) => {
    // Files are put by a shell, which the server does not see.
    if (call[1][0] === "sh") return run(...call);
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open -= 1;
    return run(...call);
  };
  const run = async (_container: string, command: readonly string[], { stdin = "" }: ExecOptions = {}) => {
    const text = typeof stdin === "string" ? stdin : "";
    const ended = (stdout = "", exitCode = 0) => ({ exitCode, stdout: Buffer.from(stdout), stderr: "" });
    if (command[0] !== "sh") {
      told.push(text);
      if (text.startsWith("kill ")) onEnd(state);
      return ended(answer(text).join("\n"));
    }
    if (command.some((argument) => argument.includes(".rights"))) {
      if (command.includes("/tmp/sluice-swap.rights")) return ended();
      return ended("", waiting.shift()?.(state));
    }
    if (text !== "") told.push(text);
    return ended("0\n");
  };
  // The shell that ends what is left of a swap in the container: it finds nothing.
  const stream = async (_container: string, _command: readonly string[], { stdin }: StreamOptions) => {
    async function* stdout() {
      for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
        const script = Buffer.from(chunk).toString();
        const count = script.includes('echo "$ended"') ? "0\n" : "";
        yield Buffer.from(`${count}${/^echo (sluice-end\S*)$/m.exec(script)?.[1]}\n`);
      }
    }
    return { stdout: stdout(), done: Promise.resolve({ exitCode: 0, stderr: "" }) };
  };
  return {
    state,
    told,
    /** How many connections it had at once. */
    mostConnections: () => most,
    swap: (onAway?: () => void) =>
      swapDatabases({ exec, stream } as unknown as ContainerExec, target, request, "", { session: "s", onAway }).catch(
        (error: unknown) => error,
      ),
  };
}

const dropped = (told: readonly string[]) =>
  told.flatMap((text) => [...text.matchAll(/drop database `([^`]+)`/g)].map(([, name]) => name));

it("a swap takes one connection at a time: the application has its own, and a server has only so many", async () => {
  const { swap, mostConnections } = serverWith({ runs: [() => 0], besides: ["view", "trigger"] });
  expect(await swap()).toBeUndefined();
  expect(mostConnections()).toBe(1);
});

describe("a swap whose connection breaks", () => {
  it("is ended, looked at again, and taken back from where it came to", async () => {
    const { told, swap, state } = serverWith({
      runs: [
        (server) => {
          server.session = "7";
          return lost();
        },
        (server) => {
          server.content = before;
          return 0;
        },
      ],
      // It got there before it was ended.
      onEnd: (server) => Object.assign(server, { content: after, session: "" }),
    });
    expect(await swap()).toMatchObject({
      code: "RESTORE_FAILED",
      undecided: false,
      hint: expect.stringContaining("the one it was"),
    });
    expect(told).toContain("create database `shop__old_1` character set latin1 collate latin1_bin;\n");
    expect(told.join("\n")).toContain("kill 7;");
    expect(told.join("\n")).toContain(
      "rename table `shop`.`orders` to `shop__restore_1`.`orders`, `shop__old_1`.`orders` to `shop`.`orders`;",
    );
    expect(state.content).toEqual(before);
    expect(dropped(told)).toEqual(["shop__old_1"]);
  });

  it("drops nothing where taking it back breaks, too", async () => {
    const { told, swap } = serverWith({
      runs: [
        (server) => {
          server.content = after;
          return lost();
        },
        lost,
      ],
    });
    const failed = await swap();
    expect(isSluiceError(failed) && failed.message).toContain("not known");
    expect(failed).toMatchObject({
      code: "RESTORE_FAILED",
      undecided: true,
      hint: expect.stringContaining("shop__old_1: drop neither"),
    });
    expect(dropped(told)).toEqual([]);
    expect(told.at(-1)).toContain("set global event_scheduler = on;");
  });

  it("changes nothing while what was begun goes on", async () => {
    const { told, swap } = serverWith({
      runs: [
        (server) => {
          server.session = "7";
          return lost();
        },
      ],
    });
    expect(await swap()).toMatchObject({ message: expect.stringContaining("sessions do not end: 7") });
    expect(told.filter((text) => text.includes("rename table"))).toHaveLength(1);
    expect(dropped(told)).toEqual([]);
  });

  it("drops no database that turns out to hold tables", async () => {
    const { told, swap } = serverWith({
      runs: [
        lost,
        (server) => {
          server.content = after;
          return 0;
        },
      ],
    });
    expect(await swap()).toMatchObject({ message: expect.stringContaining("database shop__old_1 holds tables") });
    expect(dropped(told)).toEqual([]);
  });
});

it("a swap that was done is not taken back where the empty database cannot be dropped", async () => {
  const { told, swap } = serverWith({
    runs: [
      (server) => {
        server.content = { ...after, fresh: ["later"] };
        return 0;
      },
    ],
  });
  expect(await swap()).toBeUndefined();
  expect(dropped(told)).toEqual([]);
});

it("the live database is away from when its sessions are ended, and all that is read is read before", async () => {
  const { told, swap } = serverWith({ runs: [() => 0] });
  let toldBefore: readonly string[] = [];
  await swap(() => (toldBefore = [...told]));
  expect(toldBefore.at(-1)).toContain("create database `shop__old_1`");
  expect(told[toldBefore.length]).toContain("information_schema.processlist");
});
