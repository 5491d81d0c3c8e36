import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { createRedactor, type ObservedContainer, SluiceError } from "@sluice/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { aCommandCheck, aContainer, aContainerCheck, anHttpCheck, aTarget, aTcpCheck } from "../test/checks.ts";
import { createFakeClock } from "../test/fake-clock.ts";
import { createLocalExec } from "../test/local-exec.ts";
import { createProber, type ProberOptions } from "./prober.ts";

const secret = "canary-4711";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

function aProber(changes: Partial<ProberOptions> = {}) {
  const clock = createFakeClock();
  const exec = createLocalExec();
  const inspect = () => Promise.resolve(aContainer());
  return { clock, exec, prober: createProber({ clock, exec, inspect, ...changes }) };
}

const through = (port: number, previewSecret: string | null = secret) =>
  aTarget({ doors: { web: { container: "door", port, previewSecret } } });

describe("an http check", () => {
  it("goes through the door to the slot, with the secret where no process list shows it", async () => {
    const seen: unknown[] = [];
    const port = await serve(({ headers, url, method }, response) => {
      seen.push([method, url, headers.host, headers["x-sluice-preview"], headers["x-sluice-slot"], headers["x-mine"]]);
      response.end("hello");
    });
    const { prober, exec } = aProber();
    const check = anHttpCheck({
      path: "/health?full",
      headers: { "X-Mine": "1", "X-Sluice-Slot": "blue", Host: "shop.test" },
    });
    expect(await prober.probe(check, through(port))).toEqual({
      check: "GET /",
      result: "pass",
      value: expect.stringMatching(/^status 200 in \d+ ms$/),
      limit: "status 200 to 399",
      n: 1,
    });
    expect(seen).toEqual([["GET", "/health?full", "shop.test", secret, "green", "1"]]);
    expect(exec.calls).toMatchObject([{ container: "door", command: ["socat", "-t5", "-", expect.any(String)] }]);
    expect(JSON.stringify(exec.calls)).not.toContain(secret);
  });

  it("comes as a user does when there is no secret", async () => {
    const port = await serve(({ headers }, response) =>
      response.end(`${String(headers["x-sluice-preview"])} ${String(headers.host)}`),
    );
    const check = anHttpCheck({ expect: { status: [200], body: "undefined localhost", headers: {} } });
    expect(await aProber().prober.probe(check, through(port, null))).toMatchObject({ result: "pass" });
  });

  it("sends what it is told to", async () => {
    const port = await serve((request, response) => {
      void text(request).then((body) =>
        response.writeHead(201, { "X-Version": "v2" }).end(`${request.method} ${body}`),
      );
    });
    const expected = { status: [201], body: "POST grüße", headers: { "x-version": "v2" } };
    const check = anHttpCheck({ method: "POST", body: "grüße", expect: expected });
    expect(await aProber().prober.probe(check, through(port))).toMatchObject({
      result: "pass",
      limit: 'status 201, body with "POST grüße", x-version: v2',
    });
  });

  it.each([
    [{ status: [200], headers: {} }, "status 503"],
    [{ status: [503], body: "other", headers: {} }, "status 503, another body"],
    [{ status: [503], headers: { "x-version": "" } }, "status 503, no header x-version"],
    [{ status: [503], headers: { server: "v2" } }, "server: v1"],
  ])("fails for what is not as expected: %o", async (expected, value) => {
    const port = await serve((_request, response) =>
      response.writeHead(503, { Server: "v1" }).end(`down ${"x ".repeat(900)}`),
    );
    const verdict = await aProber().prober.probe(anHttpCheck({ expect: expected }), through(port));
    expect(verdict).toMatchObject({ result: "fail", value, n: 1 });
    expect(verdict.detail).toBe(`status 503, body ${JSON.stringify(`down ${"x ".repeat(147)}x …`)}`);
    expect(JSON.stringify(verdict)).not.toContain(secret);
  });

  it("shows no half of a secret where an answer is cut: whoever masks it later would not know it", async () => {
    const token = "cnry-q7Zk31-w8Xj42-e9Vh53";
    const port = await serve((_request, response) => response.writeHead(503).end(`${"x".repeat(289)} ${token} more`));
    const verdict = await aProber().prober.probe(anHttpCheck(), through(port));
    const masked = createRedactor([token])(JSON.stringify(verdict));
    const parts = Array.from({ length: token.length - 7 }, (_, start) => token.slice(start, start + 8));
    expect(parts.filter((part) => masked.includes(part))).toEqual([]);
    expect(masked).toContain("x …");
  });

  it("fails for an answer that is late, cut off, no HTTP, or not there", async () => {
    const probe = async (port: number, changes = {}) => {
      const { prober, clock } = aProber({ clock: createFakeClock() });
      expect(clock.slept).toEqual([]);
      return prober.probe(anHttpCheck(changes), through(port));
    };
    const raw = (answer: string) =>
      listen(createTcpServer((socket) => void socket.on("error", () => undefined).end(answer)));
    expect(await probe(await raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"))).toMatchObject({
      result: "fail",
      value: "status 200, answer cut off",
    });
    expect(await probe(await raw("SSH-2.0-OpenSSH\r\n"))).toMatchObject({ result: "fail", value: "no HTTP answer" });
    expect(await probe(await raw(""))).toMatchObject({ result: "fail", value: "no answer" });
    expect(await probe(1)).toMatchObject({
      result: "fail",
      value: "no connection",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("fails when it takes longer than it may", async () => {
    const clock = createFakeClock();
    const port = await serve((_request, response) => {
      clock.advance(301);
      response.end();
    });
    const check = anHttpCheck({ expect: { status: [], headers: {}, maxMs: 300 } });
    expect(await aProber({ clock }).prober.probe(check, through(port))).toMatchObject({
      result: "fail",
      value: "status 200 after 301 ms",
      limit: "status 200 to 399, within 300ms",
    });
  });

  it("has its own time for each attempt", async () => {
    const clock = createFakeClock();
    const port = await serve(() => clock.advance(5_000));
    expect(await aProber({ clock }).prober.probe(anHttpCheck({ retries: 1 }), through(port))).toMatchObject({
      result: "fail",
      value: "nothing within 5s",
      n: 2,
    });
  });

  it("is not held up by a server that keeps its connection open", async () => {
    const port = await listen(
      createTcpServer((socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")),
    );
    expect(await aProber().prober.probe(anHttpCheck(), through(port))).toMatchObject({ result: "pass" });
  });

  it("of a service without a door goes straight to its container, from another's door", async () => {
    const port = await serve(({ headers }, response) => response.end(String(headers["x-sluice-preview"])));
    const { prober, exec } = aProber();
    const target = { ...through(1), addresses: { api: ["127.0.0.1"] }, ports: { api: port } };
    const check = anHttpCheck({ service: "api", expect: { status: [], body: "undefined", headers: {} } });
    expect(await prober.probe(check, target)).toMatchObject({ result: "pass" });
    expect(exec.calls[0]?.container).toBe("door");
  });

  it("has no data where there is no way to the service, or it cannot be sent", async () => {
    const { prober } = aProber();
    expect(await prober.probe(anHttpCheck({ service: "api" }), through(1))).toMatchObject({
      result: "no-data",
      value: "no way there",
      detail: expect.stringContaining("service api"),
    });
    expect(await prober.probe(anHttpCheck({ headers: { "x-a": "1\r\n2" } }), through(1))).toMatchObject({
      result: "no-data",
      value: "cannot be sent",
    });
  });
});

describe("attempts", () => {
  async function probeSequence(statuses: readonly number[], changes: { successes?: number; retries?: number }) {
    const left = [...statuses];
    const port = await serve((_request, response) => response.writeHead(left.shift() ?? 500).end());
    const { prober, clock } = aProber();
    const { result, n } = await prober.probe(anHttpCheck(changes), through(port));
    return { result, n, slept: clock.slept.filter((ms) => ms !== 200) };
  }

  it("must succeed in a row", async () => {
    const result = await probeSequence([200, 500, 200, 200, 200], { successes: 3, retries: 1 });
    expect(result).toEqual({ result: "pass", n: 5, slept: [100, 500, 100, 100] });
  });

  it("may fail as often as is forgiven, in all", async () => {
    expect(await probeSequence([500, 500, 200], { retries: 2 })).toMatchObject({ result: "pass", n: 3 });
    expect(await probeSequence([500, 200, 500, 200], { successes: 2, retries: 1 })).toMatchObject({
      result: "fail",
      n: 3,
    });
    expect(await probeSequence([500], {})).toMatchObject({ result: "fail", n: 1 });
  });
});

describe("a tcp check", () => {
  it("connects to every container of the service", async () => {
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.on("error", () => undefined).end();
      }),
    );
    const { prober } = aProber();
    const target = { ...through(1), addresses: { web: ["127.0.0.1", "127.0.0.1"] } };
    expect(await prober.probe(aTcpCheck({ port }), target)).toMatchObject({ result: "pass", value: "2 connected" });
    await expect.poll(() => connections).toBe(2);
    expect(await prober.probe(aTcpCheck({ port: 1 }), target)).toMatchObject({
      result: "fail",
      value: "no connection to 127.0.0.1:1",
      limit: "port 1 accepts a connection",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("has no data without an address", async () => {
    expect(await aProber().prober.probe(aTcpCheck(), through(1))).toMatchObject({ result: "no-data" });
  });

  it("asks all containers by one process", async () => {
    const port = await listen(createTcpServer((socket) => void socket.on("error", () => undefined).end()));
    const { prober, exec } = aProber();
    const target = { ...through(1), addresses: { web: Array.from({ length: 20 }, () => "127.0.0.1") } };
    expect(await prober.probe(aTcpCheck({ port }), target)).toMatchObject({ result: "pass", value: "20 connected" });
    expect(exec.calls).toHaveLength(1);
  });
});

describe("an engine that is slow to run what asks", () => {
  /** Each process is there after so many milliseconds of the clock; `null`: never. */
  function slow(ms: number | null) {
    const clock = createFakeClock();
    const exec = createLocalExec(undefined, () => {
      clock.advance(ms ?? 60_000);
      return ms === null ? new Promise(() => undefined) : Promise.resolve();
    });
    return { clock, prober: createProber({ clock, exec, inspect: () => Promise.resolve(aContainer()) }) };
  }

  it("is given its time, which is none of the check's", async () => {
    const port = await serve((_request, response) => response.end());
    const http = anHttpCheck({ timeoutMs: 2_000, expect: { status: [], headers: {}, maxMs: 300 } });
    expect(await slow(9_000).prober.probe(http, through(port))).toMatchObject({
      result: "pass",
      value: "status 200 in 0 ms",
    });
    const target = { ...through(1), addresses: { web: ["127.0.0.1"] } };
    expect(await slow(9_000).prober.probe(aTcpCheck({ port, timeoutMs: 2_000 }), target)).toMatchObject({
      result: "pass",
    });
    expect(await slow(9_000).prober.probe(aTcpCheck({ port: 1, timeoutMs: 2_000 }), target)).toMatchObject({
      result: "fail",
    });
  });

  it("leaves the check without data where nothing was asked, and not failed", async () => {
    const target = { ...through(1), addresses: { web: ["127.0.0.1"] } };
    const check = aTcpCheck({ timeoutMs: 2_000, onNoData: "warn", retries: 2 });
    expect(await slow(null).prober.probe(check, target)).toEqual({
      check: check.name,
      limit: "port 80 accepts a connection",
      result: "no-data",
      onNoData: "warn",
      value: "not asked within 17s",
      detail: expect.stringContaining("the engine did not run socat"),
      n: 1,
    });
    expect(await slow(null).prober.probe(anHttpCheck(), through(1))).toMatchObject({
      result: "no-data",
      value: "not asked within 15s",
    });
  });
});

describe("what no door reaches", () => {
  /** Containers of a service in base and of a worker; what shares their network finds them under this process's address. */
  function besides(program: Parameters<typeof createLocalExec>[0] = () => ({ stdout: "127.0.0.1 10.0.0.9\n" })) {
    const log: string[] = [];
    const exec = createLocalExec(program);
    const joinNetwork: ProberOptions["joinNetwork"] = async (container) => {
      log.push(`beside ${container}`);
      return {
        id: `${container}-beside`,
        async [Symbol.asyncDispose]() {
          log.push(`${container} alone`);
        },
      };
    };
    return { log, ...aProber({ joinNetwork, exec }), exec };
  }
  const containers = { db: ["db-1", "db-2"], legacy: ["legacy-1"] };

  it("is asked from beside each container, which is alone again after each attempt", async () => {
    const port = await listen(createTcpServer((socket) => void socket.on("error", () => undefined).end()));
    const { log, exec, prober } = besides();
    const target = { ...through(1), containers };
    const verdict = await prober.probe(aTcpCheck({ service: "db", port }), target);
    expect(verdict).toMatchObject({ result: "pass", value: "2 connected" });
    const connects = exec.calls.filter(({ command }) => command.includes("connect"));
    expect(connects.map(({ container }) => container)).toEqual(["db-1-beside", "db-2-beside"]);
    // The first address that it says it has, and not its loopback: there it may listen for nobody else.
    expect(connects[0]?.command.at(-1)).toBe(`127.0.0.1:${port}`);
    expect(log).toEqual(["beside db-1", "beside db-2", "db-1 alone", "db-2 alone"]);
    expect(await prober.probe(aTcpCheck({ service: "db", port: 1, retries: 1 }), target)).toMatchObject({
      result: "fail",
      value: "no connection to 127.0.0.1:1",
      n: 2,
    });
    expect(log.filter((line) => line === "beside db-1")).toHaveLength(3);
    expect(log.filter((line) => line === "db-1 alone")).toHaveLength(3);
  });

  it("answers HTTP where its port is known, with no header of a door, and without any door at all", async () => {
    const port = await serve(({ headers }, response) => response.end(String(headers["x-sluice-preview"])));
    const { log, prober } = besides();
    const target = aTarget({ containers, ports: { legacy: port } });
    const check = anHttpCheck({ service: "legacy", expect: { status: [200], body: "undefined", headers: {} } });
    expect(await prober.probe(check, target)).toMatchObject({ result: "pass" });
    expect(log).toEqual(["beside legacy-1", "legacy-1 alone"]);
    expect(await prober.probe(anHttpCheck({ service: "db" }), target)).toMatchObject({ result: "no-data" });
    expect(log).toHaveLength(2);
  });

  it("is left to the door where there is one", async () => {
    const port = await serve((_request, response) => response.end());
    const { log, prober } = besides();
    expect(await prober.probe(anHttpCheck(), through(port))).toMatchObject({ result: "pass" });
    const target = { ...through(1), addresses: { web: ["127.0.0.1"] } };
    expect(await prober.probe(aTcpCheck({ port }), target)).toMatchObject({ result: "pass" });
    expect(log).toEqual([]);
  });

  it("has no data without the image to ask by, and fails where nothing can stand beside it", async () => {
    const verdictOf = (error: Error) => {
      const { prober } = aProber({ joinNetwork: () => Promise.reject(error) });
      return prober.probe(aTcpCheck({ service: "db" }), aTarget({ containers }));
    };
    expect(await verdictOf(new SluiceError("IMAGE_MISSING", "image door is not there"))).toMatchObject({
      result: "no-data",
      value: "no way there",
      detail: "image door is not there",
    });
    expect(await verdictOf(new SluiceError("START_FAILED", "db-1 does not run"))).toMatchObject({
      result: "fail",
      value: "could not be run",
      detail: "db-1 does not run",
    });
  });

  it("leaves none behind where the second cannot be made, or a bug ends it", async () => {
    const log: string[] = [];
    const { prober } = aProber({
      exec: createLocalExec(() => ({ stdout: "127.0.0.1\n" })),
      joinNetwork: (container) => {
        if (container === "db-2") return Promise.reject(new TypeError("a bug"));
        return Promise.resolve({ id: container, [Symbol.asyncDispose]: async () => void log.push(container) });
      },
    });
    const probing = prober.probe(aTcpCheck({ service: "db" }), aTarget({ containers }));
    await expect(probing).rejects.toThrow("a bug");
    expect(log).toEqual(["db-1"]);
  });
});

describe("a command check", () => {
  it("passes with exit code 0, and shows the output of one that fails", async () => {
    const exec = createLocalExec(([name]) =>
      name === "./smoke" ? {} : { exitCode: 3, stdout: "one\n", stderr: "two\n" },
    );
    const { prober } = aProber({ exec });
    expect(await prober.probe(aCommandCheck(), aTarget())).toMatchObject({ result: "pass", value: "exit code 0" });
    expect(exec.calls).toEqual([{ container: "c1", command: ["./smoke"] }]);
    expect(await prober.probe(aCommandCheck({ command: ["false"] }), aTarget())).toMatchObject({
      result: "fail",
      value: "exit code 3",
      detail: "one\ntwo",
    });
  });

  it("fails where there is no container, or none that can run it", async () => {
    const exec = createLocalExec(() => {
      throw new SluiceError("EXEC_FAILED", "container c1 is not running");
    });
    const { prober } = aProber({ exec });
    expect(await prober.probe(aCommandCheck({ service: "api" }), aTarget())).toMatchObject({ value: "no container" });
    expect(await prober.probe(aCommandCheck(), aTarget())).toMatchObject({
      result: "fail",
      value: "could not be run",
      detail: "container c1 is not running",
    });
  });

  it("with an image runs in a container of its own, where that can be made", async () => {
    const runOneOff: ProberOptions["runOneOff"] = ({ image, command, slot }) =>
      Promise.resolve({ exitCode: 99, output: `${image} ${command.join(" ")} ${slot}` });
    const check = aCommandCheck({ image: "k6", command: ["run", "load.js"] });
    expect(await aProber({ runOneOff }).prober.probe(check, aTarget())).toMatchObject({
      result: "fail",
      value: "exit code 99",
      detail: "k6 run load.js green",
    });
    expect(await aProber().prober.probe(check, aTarget())).toMatchObject({ result: "no-data", value: "not run" });
  });

  it("has its image brought once, however many attempts it takes and however long it is", async () => {
    const provided: string[] = [];
    const provideImage: ProberOptions["provideImage"] = async (image) => void provided.push(image);
    const exitCodes = [1, 1, 0];
    const runOneOff: ProberOptions["runOneOff"] = async () => ({ exitCode: exitCodes.shift() ?? 0, output: "" });
    const check = aCommandCheck({ image: "k6", command: ["run"], retries: 2 });
    expect(await aProber({ runOneOff, provideImage }).prober.probe(check, aTarget())).toMatchObject({
      result: "pass",
      n: 3,
    });
    expect(provided).toEqual(["k6"]);
  });

  it("fails where its image cannot be had, and is not run", async () => {
    const provideImage = async () => {
      throw new SluiceError("IMAGE_MISSING", "images are not on the engine and cannot be pulled: k6");
    };
    const runOneOff = async () => {
      throw new Error("it was run");
    };
    const check = aCommandCheck({ image: "k6", command: ["run"] });
    expect(await aProber({ runOneOff, provideImage }).prober.probe(check, aTarget())).toMatchObject({
      result: "fail",
      value: "no image",
      detail: "images are not on the engine and cannot be pulled: k6",
    });
  });
});

describe("a container check", () => {
  const probeOnce = (container: ObservedContainer | null) =>
    aProber({ inspect: () => Promise.resolve(container) }).prober.probe(aContainerCheck(), aTarget());

  it("passes for containers that run", async () => {
    expect(await probeOnce(aContainer())).toMatchObject({ result: "pass", value: "1 running" });
    expect(await probeOnce(aContainer({ health: "healthy" }))).toMatchObject({ result: "pass" });
    expect(await probeOnce(aContainer({ restartCount: 4 }))).toMatchObject({ result: "pass" });
  });

  it.each([
    [{ oomKilled: true, memoryLimit: 67_108_864 }, "shop-green-web-1 was killed for memory (its limit is 64 MiB)"],
    [{ state: "exited", exitCode: 137 }, "shop-green-web-1 exited with code 137"],
    [{ state: "restarting" }, "shop-green-web-1 is restarting"],
    [{ health: "unhealthy" }, "shop-green-web-1 is unhealthy"],
    [{ restartCount: 3, startedAt: "2025-12-31T23:59:58Z" }, "shop-green-web-1 was restarted, 3 times so far"],
  ] as const)("fails for one with %o", async (changes, value) => {
    expect(await probeOnce(aContainer(changes))).toMatchObject({ result: "fail", value });
  });

  it("fails for one that is gone, and where there is none", async () => {
    expect(await probeOnce(null)).toMatchObject({ result: "fail", value: "c1 is gone" });
    const { prober } = aProber();
    expect(await prober.probe(aContainerCheck({ service: "api" }), aTarget())).toMatchObject({ value: "no container" });
  });

  it("fails for one that was restarted since it was first looked at", async () => {
    let container = aContainer({ restartCount: 1 });
    const { prober } = aProber({ inspect: () => Promise.resolve(container) });
    expect(await prober.probe(aContainerCheck(), aTarget())).toMatchObject({ result: "pass" });
    container = aContainer({ restartCount: 2 });
    expect(await prober.probe(aContainerCheck(), aTarget())).toMatchObject({
      result: "fail",
      value: expect.stringContaining("restarted"),
    });
    container = aContainer({ restartCount: 0, startedAt: "2025-12-31T23:30:00Z" });
    expect(await prober.probe(aContainerCheck(), aTarget())).toMatchObject({ result: "fail" });
  });

  it("looks at every container of the service", async () => {
    const states = {
      c1: aContainer(),
      c2: aContainer({ id: "c2", name: "shop-green-web-2", state: "dead", exitCode: 1 }),
    };
    const { prober } = aProber({ inspect: (id) => Promise.resolve(states[id as "c1" | "c2"]) });
    const target = aTarget({ containers: { web: ["c1", "c2"] } });
    expect(await prober.probe(aContainerCheck(), target)).toMatchObject({
      value: "shop-green-web-2 exited with code 1",
    });
  });
});

it("the caller's abort is thrown, from an attempt and from between two", async () => {
  const reason = new Error("cancelled");
  const stop = new AbortController();
  const port = await serve(() => stop.abort(reason));
  await expect(aProber().prober.probe(anHttpCheck(), through(port), stop.signal)).rejects.toBe(reason);
  await expect(aProber().prober.probe(anHttpCheck(), through(port), AbortSignal.abort(reason))).rejects.toBe(reason);
});

it("a bug is thrown, not taken for a failed check", async () => {
  const inspect = () => Promise.reject(new TypeError("undefined is not a function"));
  await expect(aProber({ inspect }).prober.probe(aContainerCheck(), aTarget())).rejects.toThrow(TypeError);
});
