import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type EngineSignal,
  type SecondEngine,
  startSecondEngine,
  whyNoSecondEngine,
} from "../src/second-engine/index.ts";

const run = promisify(execFile);
const images = ["sluice-test/busybox"];
const reason = whyNoSecondEngine();
const output = async (file: string, ...args: string[]) => (await run(file, args)).stdout.trim();

describe.skipIf(reason !== "")(`a second engine ${reason}`, () => {
  it("has what it was given, is no part of this machine's, and is gone afterwards", async () => {
    let seen: SecondEngine;
    {
      await using engine = await startSecondEngine({ images });
      seen = engine;
      const serve = ["busybox", "httpd", "-f", "-p", "80"];
      const id = await engine.docker("run", "-d", "-p", "8080:80", "sluice-test/busybox", ...serve);
      expect(await output("docker", "ps", "-aq", "--no-trunc")).not.toContain(id);
      const status = (await fetch(`http://${engine.address}:8080/`)).status;
      expect(status).toBe(404);
    }
    expect(existsSync(seen.directory)).toBe(false);
    expect(await output("ip", "netns", "list")).not.toContain(`sl2-${process.pid}-`);
    await expect(seen.docker("version")).rejects.toThrow(/docker.sock/);
  });

  it("gives its containers the ordinary priority, as the machine's engine does, whoever starts it", async () => {
    const mine = getPriority();
    setPriority(mine + 1);
    try {
      await using engine = await startSecondEngine({ images });
      const about = ["busybox", "cat", "/proc/self/stat"];
      const fields = (await engine.docker("run", "--rm", "sluice-test/busybox", ...about)).split(" ");
      // The 19th, see proc_pid_stat(5).
      expect(fields[18]).toBe("0");
    } finally {
      setPriority(mine);
    }
  });

  it("is restarted, and its containers outlive that only with live-restore", async () => {
    await using engine = await startSecondEngine({ images });
    const started = async () => engine.docker("inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", id);
    const id = await engine.docker("run", "-d", "--init", "--restart", "always", "sluice-test/busybox", "sleep", "600");
    const outlives = async (signal: EngineSignal) => {
      const before = await started();
      await engine.restart(signal);
      await expect.poll(started, { timeout: 20_000 }).toContain("true");
      return (await started()) === before;
    };
    expect([await outlives("SIGTERM"), await outlives("SIGKILL")]).toEqual([false, false]);
    await engine.configure({ "live-restore": true });
    await expect
      .poll(() => engine.docker("info", "--format", "{{.LiveRestoreEnabled}}"), { timeout: 20_000 })
      .toBe("true");
    expect([await outlives("SIGTERM"), await outlives("SIGKILL")]).toEqual([true, true]);
  });

  it("ends with its process, and what is left of it goes with the next", async () => {
    const start = `import { startSecondEngine } from ${JSON.stringify(join(import.meta.dirname, "../src/second-engine/index.ts"))};
      const { directory } = await startSecondEngine({ images: ${JSON.stringify(images)} });
      console.log(directory);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", start]);
    const directory = String(await once(child.stdout, "data")).trim();
    child.kill("SIGKILL");
    await once(child, "exit");
    const ask = () => run("docker", ["-H", `unix://${directory}/docker.sock`, "version"]);
    const state = () =>
      ask().then(
        () => "answers",
        () => "gone",
      );
    await expect.poll(state, { timeout: 10_000 }).toBe("gone");
    expect(existsSync(directory)).toBe(true);
    await using _next = await startSecondEngine({ images });
    expect(existsSync(directory)).toBe(false);
    expect(await output("ip", "netns", "list")).not.toContain(`sl2-${child.pid}-`);
  });
});
