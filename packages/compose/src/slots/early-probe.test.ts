import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { createBell } from "./bell.ts";
import { probeEarly } from "./early-probe.ts";
import type { Sign } from "./ready-sign.ts";

const container = { Id: "c1", Config: { Healthcheck: { Test: ["CMD", "ready"] } } } as Parameters<typeof probeEarly>[2];

interface Program {
  readonly readyAtMs: number;
  readonly checkMs?: number;
  readonly sign?: Sign;
}

/** A program that is ready at a moment, and whose check takes a while; every question is noted. */
function program({ readyAtMs, checkMs = 20, sign = "unknown" }: Program) {
  const clock = createFakeClock();
  const output = createBell(clock);
  const begin = clock.monotonicMs();
  const asked: number[] = [];
  const exec = async () => {
    const at = clock.monotonicMs() - begin;
    asked.push(at);
    await clock.sleep(checkMs);
    return { exitCode: at >= readyAtMs ? 0 : 1, stdout: new Uint8Array(), stderr: "" };
  };
  const probe = (signal = new AbortController().signal) =>
    probeEarly({ exec }, clock, container, { bell: output, sign: () => sign }, signal);
  return { clock, output, asked, probe };
}

describe("a health check that is run early", () => {
  it("is run every 100 to 300 ms at first, and every second later", async () => {
    const { asked, probe } = program({ readyAtMs: 7_000 });
    expect(await probe()).toBe(true);
    const pauses = asked.slice(1).map((at, index) => Math.round(at - (asked[index] ?? 0)));
    expect(asked[0]).toBe(200);
    expect(pauses.slice(0, 3)).toEqual([120, 120, 120]);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses).toContain(320);
    expect(pauses.at(-1)).toBe(1_020);
  });

  it("is run at once when the program says something", async () => {
    const { clock, output, asked, probe } = program({ readyAtMs: 310 });
    void clock.sleep(310).then(() => output.ring());
    expect(await probe()).toBe(true);
    expect(asked).toEqual([200, 310]);
  });

  it("is run once a second while the program says that it is not ready, and at once when it is", async () => {
    const { clock, output, asked, probe } = program({ readyAtMs: 2_500, sign: "not-yet" });
    void clock.sleep(2_500).then(() => output.ring());
    expect(await probe()).toBe(true);
    expect(asked).toEqual([1_200, 2_220, 2_500]);
  });

  it("leaves a program that talks all the time a third of the time", async () => {
    const { output, asked, probe } = program({ readyAtMs: 3_000, checkMs: 200 });
    const wait = output.wait.bind(output);
    output.wait = (ms, signal) => {
      output.ring();
      return wait(ms, signal);
    };
    await probe();
    expect(asked.slice(0, 3)).toEqual([0, 300, 600]);
  });

  it("ends with the signal", async () => {
    const { clock, probe } = program({ readyAtMs: Number.POSITIVE_INFINITY });
    const stop = new AbortController();
    void clock.sleep(1_000).then(() => stop.abort());
    expect(await probe(stop.signal)).toBe(false);
  });
});
