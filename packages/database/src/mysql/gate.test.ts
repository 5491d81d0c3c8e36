import type { ContainerExec, StreamOptions } from "@sluice/core";
import { expect, it } from "vitest";
import { openGate } from "./gate.ts";
import type { MysqlTarget } from "./target.ts";

const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop" };

/** A client that answers each turn, and ends with an error at a statement that holds `gone`. */
function clientWith(gone: string): ContainerExec {
  const stream = async (_container: string, _command: readonly string[], { stdin }: StreamOptions) => {
    async function* stdout() {
      for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
        const sql = Buffer.from(chunk).toString();
        if (sql.includes(gone)) return;
        const digits = /0x([0-9a-f]+)/.exec(sql)?.[1] ?? "";
        yield Buffer.from(`${Buffer.from(digits, "hex").toString()}\n`);
      }
    }
    const stderr = "ERROR 2006 (HY000) at line 4: Server has gone away";
    return { stdout: stdout(), done: Promise.resolve({ exitCode: 1, stderr }) };
  };
  return { stream } as unknown as ContainerExec;
}

async function openedAndClosed(gone: string) {
  const gate = await openGate(clientWith(gone), target, { session: "backup-1" });
  const before = gate.refused;
  await gate[Symbol.asyncDispose]();
  return [before, gate.refused];
}

it("a gate that stood to its end refuses nothing", async () => {
  expect(await openedAndClosed("nothing of this")).toEqual([null, null]);
});

it("a gate that the server had opened by itself says so at its end", async () => {
  expect(await openedAndClosed("backup stage end")).toEqual([null, expect.stringContaining("Server has gone away")]);
});
