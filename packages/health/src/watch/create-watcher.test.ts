import { createServer, type RequestListener } from "node:http";
import { setImmediate } from "node:timers/promises";
import { type ContainerStats, SluiceError, type WatchedCheck, type Watching, type WatchTarget } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createFakeLogs, createFakeStats } from "../../test/fake-engine.ts";
import { listen, serve } from "../../test/servers.ts";
import { aLogsCheck, aPrometheusCheck, aResourcesCheck, aWatchTarget, mib } from "../../test/watched-checks.ts";
import { createWatcher, type WatcherOptions } from "../index.ts";

async function begin(check: WatchedCheck, options: Partial<WatcherOptions>, target: WatchTarget = aWatchTarget()) {
  const watcher = createWatcher({
    clock: systemClock,
    logs: createFakeLogs([]),
    stats: createFakeStats(() => null),
    ...options,
  });
  const watching = await watcher.begin(check, target);
  onTestFinished(() => watching[Symbol.asyncDispose]());
  return watching;
}

const look = (watching: Watching) => watching.look(10);

describe("a watched log", () => {
  const previous = { release: "v1", containers: { web: ["old"] }, share: 0, servedUntil: null };

  it("is judged by what the version before wrote while it had the users", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new", "old"]);
    const servedUntil = clock.now();
    for (let ago = 600; ago >= 60; ago -= 60)
      logs.write("old", "ERROR: as always", new Date(servedUntil.getTime() - ago * 1_000));
    const watching = await begin(
      aLogsCheck(),
      { clock, logs },
      aWatchTarget({ previous: { ...previous, servedUntil } }),
    );
    await setImmediate();
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      logs.write("new", second % 2 === 0 ? "ERROR: cannot read the price" : "ok", clock.now());
    }
    await setImmediate();
    expect(await look(watching)).toMatchObject({
      result: "fail",
      value: "30 a minute in 1m",
      limit: "at most 2 times 1 a minute before",
      n: 30,
      detail: expect.stringContaining("cannot read the price"),
    });
  });

  it.each([
    ["was quiet until shortly before", [-3_600, -10], "at most 2 times 0.1 a minute before"],
    ["began only then", [-30, -10], "at most 2 times 2 a minute before"],
  ])("of a version that %s is compared with the time that it is known of", async (_, moments, limit) => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new", "old"]);
    const servedUntil = clock.now();
    for (const at of moments) {
      const text = at === -10 ? "ERROR: once" : "started";
      logs.write("old", text, new Date(servedUntil.getTime() + at * 1_000));
    }
    const target = aWatchTarget({ previous: { ...previous, servedUntil } });
    const watching = await begin(aLogsCheck(), { clock, logs }, target);
    await setImmediate();
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      logs.write("new", "ERROR: cannot read the price", clock.now());
    }
    await setImmediate();
    expect(await look(watching)).toMatchObject({ result: "fail", limit });
  });

  it("counts lines of one moment once, leaves out what is ignored, and knows what must never be", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new"]);
    const watching = await begin(aLogsCheck({ ignore: ["harmless"], never: ["out of memory"] }), { clock, logs });
    await setImmediate();
    clock.advance(10_000);
    for (const text of ["error one", "error of the same", "harmless error: out of memory"])
      logs.write("new", text, clock.now());
    await setImmediate();
    expect(await look(watching)).toMatchObject({ result: "pass", n: 1 });
    logs.write("new", "java: out of memory", clock.now());
    await setImmediate();
    expect(await look(watching)).toMatchObject({ result: "fail", value: "a line that must never be" });
  });

  it("goes on with a container that was restarted, each line once", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new"]);
    const watching = await begin(aLogsCheck({ maxPerMinute: 1 }), { clock, logs });
    await setImmediate();
    for (let line = 0; line < 3; line++) logs.write("new", "error", new Date(clock.now().getTime() + line * 500));
    logs.end("new");
    await setImmediate();
    clock.advance(1_000);
    await expect.poll(() => logs.reads.length).toBe(2);
    clock.advance(10_000);
    for (let line = 0; line < 4; line++) logs.write("new", "error", new Date(clock.now().getTime() + line * 500));
    await expect.poll(async () => (await look(watching)).n).toBe(7);
    expect(logs.reads[1]?.span).toEqual({ since: new Date("2026-01-01T00:00:01.000Z") });
  });

  it("that began before is known at the first look, and followed from there, each line once", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new"]);
    const since = clock.now();
    for (let line = 0; line < 3; line++) {
      clock.advance(1_000);
      logs.write("new", "error", clock.now());
    }
    const watching = await begin(aLogsCheck({ maxPerMinute: 60 }), { clock, logs }, aWatchTarget({ since }));
    expect(await look(watching)).toMatchObject({ result: "pass", n: 3, value: "60 a minute in 3s" });
    await setImmediate();
    clock.advance(1_000);
    logs.write("new", "error", clock.now());
    await setImmediate();
    expect(await look(watching)).toMatchObject({ n: 4 });
  });

  it("of what serves, and is too young to be compared with itself, stops nothing", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new"]);
    const since = clock.now();
    for (let line = 0; line < 9; line++) {
      clock.advance(1_000);
      logs.write("new", "error", clock.now());
    }
    const verdict = async (target: WatchTarget) => look(await begin(aLogsCheck(), { clock, logs }, target));
    expect(await verdict(aWatchTarget({ since }))).toMatchObject({ result: "no-data", n: 9, onNoData: "warn" });
  });

  it("that breaks off is no quiet one: it has no data until it can be read again, and what was written meanwhile is found", async () => {
    const clock = createFakeClock({ instantMs: 0 });
    const logs = createFakeLogs(["new"]);
    const cuts: ((error: Error) => void)[] = [];
    const breaking = {
      async *lines(...[container, span, signal]: Parameters<typeof logs.lines>) {
        // The first two that follow: a stream ends with an error of the socket's, which no contract tells of.
        if (span.until === undefined && cuts.length < 2) await new Promise((_, reject) => cuts.push(reject));
        yield* logs.lines(container, span, signal);
      },
    };
    const watching = await begin(aLogsCheck({ never: ["PANIC"] }), { clock, logs: breaking });
    const cut = async () => {
      cuts.at(-1)?.(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
      await setImmediate();
      expect(await look(watching)).toMatchObject({ result: "no-data", detail: "aborted", onNoData: "fail" });
    };
    await setImmediate();
    await cut();
    clock.advance(1_000);
    await expect.poll(async () => (await look(watching)).result).toBe("pass");
    await expect.poll(() => cuts.length).toBe(2);
    await cut();
    logs.write("new", "PANIC: no price", clock.now());
    clock.advance(1_000);
    await expect.poll(async () => (await look(watching)).value).toBe("a line that must never be");
  });

  it("has no data where a log cannot be read, or nothing runs, which counts as the check says", async () => {
    const unreadable = await begin(aLogsCheck({ onNoData: "pass" }), {});
    await setImmediate();
    expect(await look(unreadable)).toMatchObject({
      result: "no-data",
      value: "could not be seen",
      detail: "the log of new cannot be read",
      onNoData: "pass",
    });
    const nothing = await begin(aLogsCheck(), {}, aWatchTarget({ containers: {} }));
    expect(await look(nothing)).toMatchObject({ result: "no-data", onNoData: "fail" });
  });
});

describe("watched resources", () => {
  const usage = (at: number, memory: number) => ({
    at,
    startedAt: "2026-01-01T00:00:00Z",
    cpuMs: at / 10,
    memoryBytes: memory * mib,
    memoryLimitBytes: null,
  });

  it("are sampled at each look: a leak is found once the span is long enough", async () => {
    let second = 0;
    const stats = createFakeStats(() => usage(second * 1_000, 80 + second * 3));
    const watching = await begin(aResourcesCheck(), { stats });
    expect(await look(watching)).toMatchObject({ result: "no-data", onNoData: "warn" });
    while (second < 30) {
      second += 2;
      await look(watching);
    }
    expect(await look(watching)).toMatchObject({ result: "fail", value: expect.stringContaining("grows by 180 MiB") });
  });

  it("are judged for growth in a step that lasts as long as its window", async () => {
    const clock = { at: 40 };
    const stats = createFakeStats(() => usage(clock.at, 80 + clock.at / 300));
    const watching = await begin(aResourcesCheck(), { stats });
    for (clock.at = 2_000; clock.at < 30_000; clock.at += 2_000) await look(watching);
    expect(await look(watching)).toMatchObject({ result: "fail", value: expect.stringContaining("grows by 200 MiB") });
  });

  it("know of every fall between two looks", async () => {
    const stats = createFakeStats(() => usage(0, 80));
    const watching = await begin(aResourcesCheck(), { stats });
    await look(watching);
    stats.fall({ container: "new", kind: "oom", at: 1, exitCode: null });
    await setImmediate();
    expect(await look(watching)).toMatchObject({ result: "fail", value: "killed for memory 1 times" });
  });

  it("are worth a look as soon as something falls, which needs no sample of a busy engine", async () => {
    let isBusy = false;
    const stats = createFakeStats(() => usage(0, 80));
    const sampled = { ...stats, usage: (id: string) => (isBusy ? new Promise<never>(() => {}) : stats.usage(id)) };
    const watching = await begin(aResourcesCheck(), { stats: sampled });
    await look(watching);
    let isStirred = false;
    const stop = new AbortController();
    void watching.stirred?.(stop.signal).then(() => (isStirred = true));
    await setImmediate();
    expect(isStirred).toBe(false);
    isBusy = true;
    stats.fall({ container: "new", kind: "die", at: 1, exitCode: 137 });
    await setImmediate();
    expect(isStirred).toBe(true);
    // Who comes late is told too, until somebody has looked.
    await watching.stirred?.(stop.signal);
    expect(await look(watching)).toMatchObject({ result: "fail", value: "ended 1 times, exit code 137" });
    const waiting = watching.stirred?.(stop.signal);
    stop.abort();
    await waiting;
  });

  /** Settles only when its own signal aborts. */
  const never = (_container: string, signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

  it("are begun no longer than the signal lets, and nothing of them is left", async () => {
    const controller = new AbortController();
    let isFollowed = false;
    const falls: ContainerStats["falls"] = (_containers, signal) => {
      isFollowed = true;
      signal.addEventListener("abort", () => (isFollowed = false));
      return createFakeStats(() => null).falls(_containers, signal);
    };
    const stats = { usage: never, falls };
    const watcher = createWatcher({ clock: systemClock, logs: createFakeLogs([]), stats });
    const begun = watcher.begin(aResourcesCheck(), aWatchTarget(), controller.signal);
    begun.catch(() => undefined);
    await setImmediate();
    expect(isFollowed).toBe(true);
    controller.abort(new Error("cancelled"));
    await expect(begun).rejects.toThrow("cancelled");
    expect(isFollowed).toBe(false);
  });

  it("that cannot be sampled in time are begun all the same, and the first look tells", async () => {
    const stats = { ...createFakeStats(() => null), usage: never };
    const watching = await begin(aResourcesCheck({ timeoutMs: 20 }), { stats });
    expect(await look(watching)).toMatchObject({ result: "no-data", value: "nothing within 20ms" });
  });

  it("of what serves are not compared with its own", async () => {
    let second = 0;
    const stats = createFakeStats(() => usage(second * 1_000, 80 + second * 3));
    const itself = { release: "v2", containers: { web: ["new"] }, share: 0, servedUntil: new Date(0) };
    const watching = await begin(aResourcesCheck(), { stats }, aWatchTarget({ previous: itself }));
    for (; second < 32; second += 2) await look(watching);
    expect(await look(watching)).toMatchObject({ result: "fail", value: expect.stringContaining("grows by 180 MiB") });
  });

  it("have no data while nothing tells of falls", async () => {
    const stats = createFakeStats(() => usage(0, 80));
    const falls = () => Promise.reject(new SluiceError("ENGINE_FAILED", "events cannot be read"));
    const watching = await begin(aResourcesCheck(), { stats: { ...stats, falls } });
    await setImmediate();
    expect(await look(watching)).toMatchObject({ result: "no-data", detail: "events cannot be read" });
  });
});

describe("a query to Prometheus", () => {
  const answer = (value: string) =>
    JSON.stringify({ status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [1, value] }] } });
  const ask = async (port: number, changes: Parameters<typeof aPrometheusCheck>[0] = {}) => {
    const secrets: string[] = [];
    const environment = { PROM_TOKEN: "s3cret-token" };
    const check = aPrometheusCheck({ url: `http://127.0.0.1:${port}/`, timeoutMs: 10_000, ...changes });
    const watching = await begin(check, { environment, onSecrets: (found) => secrets.push(...found) });
    return { ...(await look(watching)), secrets };
  };

  it("is asked for the release under watch, with what the environment holds", async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push(
          `${request.method} ${request.url} ${request.headers.authorization} ${new URLSearchParams(body).get("query")}`,
        );
        response.end(answer("0.997"));
      });
    });
    const headers = { authorization: "Bearer ${env:PROM_TOKEN}" };
    const asked = await ask(port, { headers, query: 'ok{slot="${slot}",release="${release}"}' });
    expect(asked).toMatchObject({ result: "pass", value: "0.997", limit: ">= 0.99", n: 1, secrets: ["s3cret-token"] });
    expect(seen).toEqual(['POST /api/v1/query Bearer s3cret-token ok{slot="green",release="v2"}']);
  });

  it("has no data where the server is slow", async () => {
    const port = await serve(() => undefined);
    expect(await ask(port, { timeoutMs: 300 })).toMatchObject({ result: "no-data", value: "nothing within 300ms" });
  });

  it.each<[string, RequestListener, object]>([
    [
      "cuts its answer",
      (_, response) => response.writeHead(200, { "content-length": 500 }).write(answer("1"), () => response.destroy()),
      { value: "no answer" },
    ],
    ["cuts the connection", (_, response) => response.destroy(), { value: "no answer" }],
    [
      "redirects",
      (_, response) => response.writeHead(302, { location: "/login" }).end(),
      { detail: "status 302, and no JSON object" },
    ],
    [
      "answers without end",
      (_, response) => void response.write(" ".repeat(5_000_000)),
      { detail: expect.stringContaining("larger than") },
    ],
    ["answers NaN", (_, response) => response.end(answer("NaN")), { value: "NaN" }],
  ])("has no data where the server %s", async (_what, listener, expected) => {
    const port = await serve(listener);
    expect(await ask(port)).toMatchObject({ result: "no-data", onNoData: "fail", ...expected });
  });

  it("has no data where nobody listens, or a variable is not set", async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(port)).toMatchObject({
      result: "no-data",
      value: "no answer",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
    expect(await ask(port, { headers: { authorization: "${env:NOT_SET}" } })).toMatchObject({
      result: "no-data",
      detail: "NOT_SET is not set in the environment",
    });
  });

  it("forgives as many bad looks in a row as the check says", async () => {
    let value = "0";
    const port = await serve((_, response) => void response.end(answer(value)));
    const watching = await begin(aPrometheusCheck({ url: `http://127.0.0.1:${port}`, retries: 1 }), {});
    expect(await look(watching)).toMatchObject({
      result: "no-data",
      onNoData: "warn",
      value: "0: 1 of 1 looks that are forgiven",
    });
    expect(watching.forgave?.()).toBe(true);
    value = "1";
    expect((await look(watching)).result).toBe("pass");
    expect(watching.forgave?.()).toBe(false);
    value = "0";
    await look(watching);
    expect((await look(watching)).result).toBe("fail");
    expect(watching.forgave?.()).toBe(false);
  });
});
