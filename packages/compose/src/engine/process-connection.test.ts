import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createProcessConnection } from "./process-connection.ts";

const start = (script: string) => spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "pipe"] });
const connect = (script: string) => createProcessConnection(start(script), "sh there");

it("gives all that the process wrote to one who reads late, long after it has ended", async () => {
  const child = start("head -c 200000 /dev/zero");
  const connection = createProcessConnection(child, "sh there");
  connection.write("nobody reads this");
  let size = 0;
  for await (const chunk of connection) {
    if (size === 0) await once(child, "exit");
    size += (chunk as Uint8Array).length;
    await sleep(1);
  }
  expect(size).toBe(200_000);
});

it("ends one side alone", async () => {
  const connection = connect("cat; echo after the end");
  connection.write("until ");
  connection.end("the end, ");
  expect(await text(connection)).toBe("until the end, after the end\n");
});

it("holds a process back that writes more than is read", async () => {
  const child = start("head -c 50000000 /dev/zero");
  const connection = createProcessConnection(child, "sh there");
  await once(connection, "readable");
  await sleep(50);
  expect(connection.readableLength).toBeLessThan(1_000_000);
  expect(child.exitCode).toBeNull();
  connection.destroy();
  await once(child, "exit");
});

it("says what the process said that failed before it wrote anything", async () => {
  const connection = connect("echo 'Permission denied (publickey).' >&2; exit 255");
  await expect(text(connection)).rejects.toMatchObject({
    message: "sh there: Permission denied (publickey).",
    code: "ECONNREFUSED",
  });
  await expect(text(connect("exit 3"))).rejects.toThrow("sh there: ended with exit code 3");
});

it("says that the process cannot be started", async () => {
  const child = spawn("/nowhere/ssh", [], { stdio: ["pipe", "pipe", "pipe"] });
  await expect(text(createProcessConnection(child, "ssh there"))).rejects.toThrow(/^ssh there: .*ENOENT/);
});

it("ends the process when it is destroyed", async () => {
  const child = start("exec sleep 60");
  const connection = createProcessConnection(child, "sh there");
  connection.destroy();
  expect((await once(child, "exit"))[1]).toBe("SIGTERM");
});
