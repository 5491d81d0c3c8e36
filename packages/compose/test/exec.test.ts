import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContainerExec } from "../src/exec/container-exec.ts";
import { busybox, idleContainer } from "./support/busybox.ts";
import { docker, engine, uniqueStack } from "./support/engine.ts";

const stack = uniqueStack("exec");
const container = `${stack.name}-box`;
const containers = createContainerExec(engine);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

beforeAll(() => idleContainer(container));
afterAll(() => stack.remove());

/** As it comes, and gathered. */
const amounts = [{}, { gatherBytes: 1 << 20 }];

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("exec", () => {
  it("keeps output, errors and the exit code apart", async () => {
    const result = await containers.exec(container, ["sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect([text(result.stdout), result.stderr, result.exitCode]).toEqual(["out\n", "err\n", 7]);
  });

  it.each(amounts)(
    "carries 50 MB of binary data through standard input and back, byte for byte: %o",
    async (amount) => {
      const bytes = randomBytes(50 * 1024 * 1024 + 13);
      const process = await containers.stream(container, ["cat"], { stdin: pieces(bytes, 100_003), ...amount });
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of process.stdout) {
        hash.update(chunk);
        size += chunk.length;
      }
      expect(await process.done).toEqual({ exitCode: 0, stderr: "" });
      expect([size, hash.digest("hex")]).toEqual([bytes.length, createHash("sha256").update(bytes).digest("hex")]);
    },
  );

  it.each(amounts)("makes the process wait for a reader that waits: %o", async (amount) => {
    const command = ["sh", "-c", "head -c 200000000 /dev/zero; echo end >&2"];
    const process = await containers.stream(container, command, amount);
    const before = globalThis.process.memoryUsage().rss;
    let size = 0;
    let peak = 0;
    for await (const chunk of process.stdout) {
      size += chunk.length;
      if (size < 3_000_000) await new Promise((resolve) => setTimeout(resolve, 5));
      peak = Math.max(peak, globalThis.process.memoryUsage().rss);
    }
    expect(size).toBe(200_000_000);
    expect(peak - before).toBeLessThan(100_000_000);
  });

  it("tells the environment that every process finds, and runs nothing for it", async () => {
    const name = `${stack.name}-told`;
    await docker("run", "-d", "--name", name, "-e", "WORDS=a=b\nc$d", "-e", "EMPTY=", busybox, "sleep", "600");
    const told = await containers.environment(name);
    expect([told.get("WORDS"), told.get("EMPTY"), told.get("OTHER")]).toEqual(["a=b\nc$d", "", undefined]);
    const { stdout } = await containers.exec(name, ["env", "-0"]);
    const found = text(stdout).split("\0");
    for (const [variable, value] of told) expect(found).toContain(`${variable}=${value}`);
    await expect(containers.environment(`${name}-gone`)).rejects.toMatchObject({ code: "EXEC_FAILED" });
  });

  it("gives the environment and the user to the process", async () => {
    const options = { environment: { SECRET: "a b'c" }, user: "1000" };
    const { stdout } = await containers.exec(container, ["sh", "-c", 'echo "$SECRET $(id -u)"'], options);
    expect(text(stdout)).toBe("a b'c 1000\n");
  });

  it("lets a process end without reading its input", async () => {
    const result = await containers.exec(container, ["true"], { stdin: randomBytes(5_000_000) });
    expect(result.exitCode).toBe(0);
  });

  it("ends the process when its input fails", async () => {
    async function* broken() {
      yield Buffer.from("first");
      throw new Error("the dump broke");
    }
    await expect(containers.exec(container, ["cat"], { stdin: broken() })).rejects.toThrow("the dump broke");
  });

  it("refuses a command that is not in the container, and a container that is not there", async () => {
    await expect(containers.exec(container, ["no-such-command"])).rejects.toMatchObject({ code: "EXEC_FAILED" });
    await expect(containers.exec(`${stack.name}-none`, ["true"])).rejects.toMatchObject({
      code: "EXEC_FAILED",
      retryable: false,
    });
  });

  it("ends a process whose gathered output nobody reads any more", async () => {
    const command = ["sh", "-c", "trap '' PIPE; while :; do head -c 1000000 /dev/zero; done"];
    const { stdout, done } = await containers.stream(container, command, { gatherBytes: 1 << 20 });
    for await (const _chunk of stdout) break;
    await expect(done).rejects.toMatchObject({ code: "EXEC_FAILED" });
    const left = async () => text((await containers.exec(container, ["ps", "-o", "args"])).stdout);
    await expect.poll(left, { timeout: 15_000 }).not.toContain("trap '' PIPE");
  });

  it("ends the process and its children when the signal aborts", async () => {
    const controller = new AbortController();
    const running = containers.exec(container, ["sh", "-c", "sleep 4321 & sleep 4322"], { signal: controller.signal });
    const started = async () => (await docker("top", container)).includes("sleep 4322");
    while (!(await started())) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    await expect.poll(() => docker("top", container), { timeout: 15_000 }).not.toMatch(/sleep 432[12]/);
  });

  it("ends the process also when the signal aborts while it is being started", async () => {
    const controller = new AbortController();
    const dockerode = await engine.docker();
    const getExec: typeof dockerode.getExec = (id) => {
      const exec = dockerode.getExec(id);
      const start = exec.start.bind(exec);
      exec.start = (async (options: object) => {
        const connection = await start(options);
        controller.abort(new Error("cancelled"));
        return connection;
      }) as typeof exec.start;
      return exec;
    };
    const late = createContainerExec({
      ...engine,
      docker: async () => Object.assign(Object.create(dockerode) as typeof dockerode, { getExec }),
    });
    await expect(late.exec(container, ["sleep", "4324"], { signal: controller.signal })).rejects.toThrow("cancelled");
    await expect.poll(() => docker("top", container), { timeout: 15_000 }).not.toContain("sleep 4324");
  });

  it("leaves a database as it is when a shell in its container is ended", async () => {
    const database = `${stack.name}-db`;
    await docker("run", "-d", "--name", database, "-e", "POSTGRES_PASSWORD=x", "sluice-test/postgres:15");
    const query = (sql: string) =>
      containers.exec(database, ["psql", "-h", "127.0.0.1", "-U", "postgres", "-Atc", sql], {
        environment: { PGPASSWORD: "x" },
      });
    await expect.poll(async () => (await query("select 1")).exitCode, { timeout: 60_000 }).toBe(0);
    const session = query("select pg_sleep(5)");
    const controller = new AbortController();
    const running = containers.exec(database, ["sh", "-c", "sleep 4323; true"], { signal: controller.signal });
    const processes = () => docker("top", database);
    await expect.poll(processes, { timeout: 10_000 }).toContain("sleep 4323");
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    await expect.poll(processes, { timeout: 10_000 }).not.toMatch(/sleep 4323/);
    // A database that takes it for a crash throws all sessions out.
    expect(await session).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("open", () => {
  it("talks to a process in turns", async () => {
    await using session = await containers.open(container, ["cat"]);
    const reader = session.stdout[Symbol.asyncIterator]();
    for (const line of ["one\n", "two\n", "drei ü\n"]) {
      await session.write(line);
      const { value } = await reader.next();
      expect(text(value as Uint8Array)).toBe(line);
    }
  });
});

describe("putFiles", () => {
  const content = randomBytes(100_000);

  it("replaces files of a running container whole", async () => {
    const paths = ["/bin/sluice-a", "/bin/sluice-b"];
    await containers.putFiles(
      container,
      paths.map((path) => ({ path, content: "before" })),
    );
    await containers.putFiles(
      container,
      paths.map((path) => ({ path, content, mode: 0o600 })),
    );
    for (const path of paths)
      expect(Buffer.from((await containers.exec(container, ["cat", path])).stdout).equals(content)).toBe(true);
    expect(text((await containers.exec(container, ["stat", "-c", "%a %u", "/bin/sluice-a"])).stdout)).toBe("600 0\n");
    expect(text((await containers.exec(container, ["ls", "/bin"])).stdout)).not.toContain(".tmp");
  });

  it("writes into a container before it starts", async () => {
    const created = `${stack.name}-created`;
    await docker("create", "--name", created, busybox, "cat", "/bin/config");
    await containers.putFiles(created, [{ path: "/bin/config", content: "ready\n" }]);
    expect(await docker("start", "-a", created)).toBe("ready");
  });
});

describe("signal", () => {
  it("reaches the container's first process", async () => {
    const name = `${stack.name}-trap`;
    await docker("run", "-d", "--name", name, busybox, "sh", "-c", "trap 'exit 5' USR1; while :; do sleep 0.05; done");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await containers.signal(name, "SIGUSR1");
    expect(await docker("wait", name)).toBe("5");
  });
});
