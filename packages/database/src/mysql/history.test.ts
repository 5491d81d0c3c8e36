import type { ContainerExec } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { dumpedHistory, readHistory } from "./history.ts";
import type { MysqlTarget } from "./target.ts";

const hex = (text: string) => Buffer.from(text).toString("hex");
const prices = { name: "prices", isByTransaction: false };
const able = { isKnown: true, secure: "NO" };

describe("the history of system-versioned tables", () => {
  it("is dumped where the client can, and nothing is lacking where there is none", () => {
    expect(dumpedHistory([prices], able)).toEqual({ isDumped: true, lacking: [] });
    expect(dumpedHistory([], { ...able, isKnown: false })).toEqual({ isDumped: false, lacking: [] });
  });

  it.each([
    [[prices], { ...able, isKnown: false }, "prices (the client has no --dump-history; that of MariaDB 10.11 has)"],
    [
      [prices, { name: "sales", isByTransaction: true }],
      able,
      "prices, sales (no dump can hold that of transactions: sales)",
    ],
    [[prices], { ...able, secure: "YES" }, "prices (no restore could write it with secure_timestamp=YES)"],
  ])("is named where a dump cannot hold it: %j", (tables, means, names) => {
    expect(dumpedHistory(tables, means)).toEqual({
      isDumped: false,
      lacking: [`the backup does NOT hold the history of: ${names}`],
    });
  });

  it("is asked of the server and of its client, which MySQL is not", async () => {
    const asked: string[] = [];
    const exec = {
      async exec(_container: string, command: readonly string[], { stdin }: { readonly stdin?: unknown } = {}) {
        asked.push(command.includes("--help") ? command.join(" ") : String(stdin));
        const said = command.includes("--help")
          ? "  -H, --dump-history  Dump system-versioned tables"
          : String(stdin).includes("SECURE_TIMESTAMP")
            ? "NO\n"
            : `${hex("prices")}\t0\n`;
        return { exitCode: 0, stdout: Buffer.from(said), stderr: "" };
      },
    } as unknown as ContainerExec;
    const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop" };
    expect(await readHistory(exec, target, { session: "s" })).toEqual({ isDumped: true, lacking: [] });
    expect(asked.at(-1)).toBe("mariadb-dump --help");
    asked.length = 0;
    expect(await readHistory(exec, { ...target, kind: "mysql" }, { session: "s" })).toMatchObject({ lacking: [] });
    expect(asked).toEqual([]);
  });
});
