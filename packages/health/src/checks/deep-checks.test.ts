import { createServer } from "node:http";
import { isSluiceError } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { describe, expect, it } from "vitest";
import { aContainer, aLoadCheck, aReachableCheck, aTarget } from "../../test/checks.ts";
import { createLocalExec } from "../../test/local-exec.ts";
import { listen, serve } from "../../test/servers.ts";
import { createProber, type RunInside } from "../index.ts";
import { certificateLimit, judgeCertificate } from "./certificate.ts";
import { judgeReachable } from "./reachable.ts";

describe("a certificate", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const validFrom = new Date("2025-12-01T00:00:00Z");
  const until = (date: string, distrust: string | null = null) => ({ validFrom, validTo: new Date(date), distrust });
  const judged = (shown: ReturnType<typeof until>, trusted = true) =>
    judgeCertificate({ minDays: 14, trusted }, shown, now);

  it("passes while it is valid long enough and trusted", () => {
    expect(certificateLimit({ host: "a.example", minDays: 14, trusted: true })).toBe(
      "valid for at least 14 days, trusted for a.example",
    );
    expect(judged(until("2026-01-31T12:00:00Z"))).toEqual({
      result: "pass",
      value: "valid for 30 days, until 2026-01-31",
    });
  });

  it.each([
    ["soon", until("2026-01-14T23:00:00Z"), "valid for 13 days, until 2026-01-14"],
    ["expired", until("2025-12-31T23:00:00Z"), "expired on 2025-12-31"],
    [
      "not yet",
      { ...until("2027-01-01"), validFrom: new Date("2026-01-02") },
      "not valid before 2026-01-02T00:00:00.000Z",
    ],
    ["of another host", until("2027-01-01", "another host"), "valid for 365 days, until 2027-01-01, not trusted"],
  ])("fails when it is %s", (_what, shown, value) => {
    expect(judged(shown)).toMatchObject({ result: "fail", value });
  });

  it("need not be trusted where the check says so", () => {
    expect(judged(until("2027-01-01", "DEPTH_ZERO_SELF_SIGNED_CERT"), false).result).toBe("pass");
  });
});

describe("what must be reachable", () => {
  const targets = ["mail.example.com:587", "api.example.com:443"];

  it("is told from what was not, and from what was not tried", () => {
    expect(judgeReachable(targets, 0, `reached ${targets[1]}\nreached ${targets[0]}\n`)).toMatchObject({
      result: "pass",
      value: "all 2 connected",
    });
    expect(judgeReachable(targets, 0, `reached ${targets[1]}\nfailed ${targets[0]} E connect: refused`)).toMatchObject({
      result: "fail",
      value: "no connection to mail.example.com:587",
      detail: expect.stringContaining("refused"),
    });
    expect(judgeReachable(targets, 127, `reached ${targets[0]}\nsh: socat: not found`)).toMatchObject({
      result: "inconclusive",
      value: "exit code 127",
    });
  });

  it("is asked from inside the service's container, with nothing in the script that was configured", async () => {
    const calls: Parameters<RunInside>[0][] = [];
    const runInside: RunInside = (request) => {
      calls.push(request);
      return Promise.resolve({ exitCode: 0, output: "reached mail.example.com:587" });
    };
    const prober = createProber({ exec: createLocalExec(), clock, inspect: async () => aContainer(), runInside });
    expect(await prober.probe(aReachableCheck(), aTarget())).toMatchObject({ result: "pass", value: "connected" });
    expect(calls[0]).toMatchObject({ container: "c1", slot: "green" });
    expect(calls[0]?.command.slice(-3)).toEqual(["connect", "2", "mail.example.com:587"]);
    expect(calls[0]?.command[2]).not.toContain("mail");
    const unable = createProber({ exec: createLocalExec(), clock, inspect: async () => aContainer() });
    expect(await unable.probe(aReachableCheck(), aTarget())).toMatchObject({ result: "no-data", onNoData: "fail" });
  });
});

describe("load", () => {
  const prober = createProber({ exec: createLocalExec(), clock, inspect: async () => aContainer() });
  const through = (port: number) => aTarget({ doors: { web: { container: "door", port, previewSecret: "s3cret" } } });

  it("sends at the rate that is asked for, by the preview, over few connections", async () => {
    const headers = new Set<unknown>();
    let connections = 0;
    const server = createServer((request, response) => {
      headers.add(request.headers["x-sluice-preview"]);
      response.end("ok");
    }).on("connection", () => connections++);
    const verdict = await prober.probe(aLoadCheck(), through(await listen(server)));
    expect(verdict).toMatchObject({ result: "pass", n: 50, limit: "50 requests/s, errors <= 0 %" });
    expect([...headers]).toEqual(["s3cret"]);
    expect(connections).toBe(4);
  });

  it("counts what is answered badly, late, or not at all", async () => {
    let count = 0;
    const port = await serve((request, response) => {
      count += 1;
      if (count % 5 === 0) response.writeHead(500);
      if (count % 7 === 0) request.socket.destroy();
      else response.end();
    });
    const verdict = await prober.probe(aLoadCheck({ durationMs: 1_000 }), through(port));
    expect(verdict).toMatchObject({
      result: "fail",
      n: 50,
      detail: expect.stringMatching(/status 500: .*no answer|no answer: .*status 500/),
    });
    const hanging = await serve(() => undefined);
    const nothing = await prober.probe(aLoadCheck({ rate: 10, requestTimeoutMs: 300 }), through(hanging));
    expect(nothing).toMatchObject({ result: "fail", n: 10, detail: "no answer: 10" });
  });

  it("waits for a connection count as waiting: a server that falls behind shows", async () => {
    const port = await serve((_, response) => void setTimeout(() => response.end(), 100));
    const check = aLoadCheck({ rate: 40, connections: 2, expect: { status: [], errors: 0, p95Ms: 300 } });
    expect(await prober.probe(check, through(port))).toMatchObject({ result: "fail" });
  });

  it("ends with the caller's signal", async () => {
    const port = await serve((_, response) => void response.end());
    const stop = new AbortController();
    const probing = prober.probe(aLoadCheck({ durationMs: 60_000, timeoutMs: 70_000 }), through(port), stop.signal);
    setTimeout(() => stop.abort(new Error("cancelled")), 200);
    const error: unknown = await probing.catch((thrown: unknown) => thrown);
    expect([isSluiceError(error), String(error)]).toEqual([false, "Error: cancelled"]);
  });
});
