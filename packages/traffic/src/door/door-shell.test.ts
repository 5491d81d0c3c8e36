import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Clock, type ContainerExec, SluiceError } from "@sluice/core";
import { expect, test } from "vitest";
import { createDoorShell } from "./door-shell.ts";

/** A shell of this machine in the place of a door's. */
function localShells() {
  let opened = 0;
  const exec = {
    async open() {
      opened += 1;
      const child = spawn("sh", { stdio: ["pipe", "pipe", "ignore"] });
      child.stdin.on("error", () => undefined);
      return {
        stdout: child.stdout as AsyncIterable<Uint8Array>,
        async write(text: string) {
          if (child.exitCode !== null) throw new Error("ended");
          child.stdin.write(text);
        },
        async [Symbol.asyncDispose]() {
          child.kill("SIGKILL");
        },
      };
    },
  } as Partial<ContainerExec> as ContainerExec;
  return { exec, opened: () => opened };
}

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

function open(timeoutMs = 5000) {
  const shells = localShells();
  return { opened: shells.opened, shell: createDoorShell({ exec: shells.exec, clock, door: "door", timeoutMs }) };
}

test("scripts that are run at once get their own answers, over one shell", async () => {
  const { shell, opened } = open();
  await using _ = shell;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_value, index) => shell.run(`printf 'a%s\\nb' ${index}`)),
  );
  expect(answers).toEqual(Array.from({ length: 20 }, (_value, index) => `a${index}\nb`));
  expect(opened()).toBe(1);
});

test("both streams come back, and a failed script is an error that shows them", async () => {
  const { shell } = open();
  await using _ = shell;
  expect(await shell.run("printf out; printf err >&2")).toBe("outerr");
  const failed = shell.run("printf why >&2; false");
  await expect(failed).rejects.toMatchObject({ code: "DOOR_FAILED", detail: "why" });
  expect(await shell.run("printf on")).toBe("on");
});

test("what a script sets does not hold for those after it, whatever fails", async () => {
  const { shell, opened } = open();
  await using _ = shell;
  await shell.run("set -e\ncd /\nleft=there");
  await expect(shell.run("printf why; false")).rejects.toMatchObject({ code: "DOOR_FAILED", detail: "why" });
  await expect(shell.run("set -e\nfalse\nprintf on")).rejects.toMatchObject({ detail: "" });
  expect(await shell.run("printf '%s' \"$left\"")).toBe("");
  expect(opened()).toBe(1);
});

test("a script cannot read the ones after it", async () => {
  const { shell } = open();
  await using _ = shell;
  const answers = await Promise.all([shell.run("cat"), shell.run("printf next")]);
  expect(answers).toEqual(["", "next"]);
});

test("a shell that has ended is opened again", async () => {
  const { shell, opened } = open();
  await using _ = shell;
  await shell.run("true");
  await shell.run("kill -9 $$").catch(() => undefined);
  expect(await shell.run("printf back")).toBe("back");
  expect(opened()).toBeGreaterThan(1);
});

test("a door that does not answer is given up at the deadline, and talked to anew", async () => {
  const { shell } = open(200);
  await using _ = shell;
  await expect(shell.run("sleep 5")).rejects.toMatchObject({ code: "DOOR_FAILED", retryable: true });
  expect(await shell.run("printf back")).toBe("back");
});

test("an aborted call ends at once, and its late answer is nobody else's", async () => {
  const { shell } = open();
  await using _ = shell;
  const stop = new AbortController();
  const aborted = shell.run("sleep 0.2; printf late", stop.signal);
  stop.abort(new Error("cancelled"));
  await expect(aborted).rejects.toThrow("cancelled");
  expect(await shell.run("printf mine")).toBe("mine");
});

test("a door whose shell cannot be opened is an error of the door", async () => {
  const exec = {
    open: () => Promise.reject(new Error("no such container")),
  } as Partial<ContainerExec> as ContainerExec;
  const shell = createDoorShell({ exec, clock, door: "door", timeoutMs: 100 });
  await expect(shell.run("true")).rejects.toMatchObject({
    code: "DOOR_FAILED",
    hint: expect.stringContaining("docker ps"),
  });
});

test.each([
  ["is not there any more", false],
  ["cannot be talked to", true],
])("a door that %s is told from one that may come back", async (message, retryable) => {
  const open = () => Promise.reject(new SluiceError("EXEC_FAILED", "sh cannot be run", { retryable }));
  const shell = createDoorShell({ exec: { open } as unknown as ContainerExec, clock, door: "door", timeoutMs: 100 });
  await expect(shell.run("true")).rejects.toMatchObject({
    code: "DOOR_FAILED",
    message: `door door ${message}`,
    retryable,
  });
});

test("a shell whose opening hangs is given up at the deadline too", async () => {
  const exec = { open: () => new Promise<never>(() => undefined) } as Partial<ContainerExec> as ContainerExec;
  const shell = createDoorShell({ exec, clock, door: "door", timeoutMs: 50 });
  await expect(shell.run("true")).rejects.toMatchObject({ code: "DOOR_FAILED", retryable: true });
});

/** An engine that finds no room to start a process before it was given back some, `parts` times; what it says is all that comes back. */
function fullEngine(parts: number) {
  const { exec: local } = localShells();
  let given = 0;
  const saying = "OCI runtime exec failed: write /tmp/runc-process1: no space left on device: unknown\r\n";
  const refused = async () => {
    const asked = new AbortController();
    const stdout = (async function* () {
      if (!asked.signal.aborted) await once(asked.signal, "abort");
      yield Buffer.from(saying);
    })();
    return { stdout, write: async () => asked.abort(), [Symbol.asyncDispose]: async () => undefined };
  };
  const exec = { open: () => (given < parts ? refused() : local.open("door", ["sh"])) } as Partial<ContainerExec>;
  const makeRoom = async () => {
    given += 1;
    return given <= 4;
  };
  return { exec: exec as ContainerExec, makeRoom, given: () => given };
}

test("an engine without room to start a shell is given back some, as whoever else writes takes it, too", async () => {
  const { exec, makeRoom } = fullEngine(2);
  await using shell = createDoorShell({ exec, clock, door: "door", timeoutMs: 5000, makeRoom });
  expect(await shell.run("printf on")).toBe("on");
});

test.each([
  ["is given back too little", 9, true, 3],
  ["has none to give back", 1, false, 0],
])("an engine that %s says that its disk is full", async (_what, parts, isKept, spent) => {
  const { exec, makeRoom, given } = fullEngine(parts);
  const options = { exec, clock, door: "door", timeoutMs: 5000, ...(isKept ? { makeRoom } : {}) };
  await using shell = createDoorShell(options);
  await expect(shell.run("true")).rejects.toMatchObject({
    code: "DISK_FULL",
    hint: expect.stringContaining("docker builder prune"),
    cause: { message: expect.stringContaining("runc-process1") },
  });
  expect(given()).toBe(spent);
});
