import { within } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import type { Attempt } from "../channels/answer.ts";
import { toMessage } from "../message/message.ts";
import { aChannel, type FakeChannel } from "../testing/a-channel.ts";
import { aNotification } from "../testing/a-notification.ts";
import { defaultRetries, deliver, graceMs } from "./deliver.ts";

const retry: Attempt = { result: "retry", reason: "answers 500" };
const uncertain: Attempt = { result: "uncertain", reason: "cuts the connection" };
const delivered: Attempt = { result: "delivered" };

async function delivering(channel: FakeChannel, budgetMs = 60_000) {
  const clock = createFakeClock();
  const content = { notification: aNotification(), message: toMessage(aNotification()), reached: [] };
  const { reached: _reached, ...delivery } = await within(clock, budgetMs, undefined, (signal) =>
    deliver(channel, content, defaultRetries, clock, signal),
  );
  return { ...delivery, tookMs: clock.monotonicMs() };
}

describe("a delivery", () => {
  it("is over when it is delivered", async () => {
    expect(await delivering(aChannel([delivered]))).toEqual({ attempts: 1, last: delivered, tookMs: 0 });
  });

  it("is tried again after waits that double", async () => {
    expect(await delivering(aChannel([retry, retry, delivered]))).toEqual({
      attempts: 3,
      last: delivered,
      tookMs: 1_500,
    });
  });

  it("ends after its last attempt", async () => {
    expect(await delivering(aChannel([retry]))).toMatchObject({ attempts: 3, last: retry, tookMs: 1_500 });
  });

  it("waits as long as the other side asks for, and no longer than a deployment has", async () => {
    const patient = aChannel([{ ...retry, afterMs: 7_000 }, delivered]);
    expect(await delivering(patient)).toMatchObject({ attempts: 2, last: delivered, tookMs: 7_000 });
    expect(await delivering(aChannel([{ ...retry, afterMs: 600_000 }]))).toMatchObject({ attempts: 1, tookMs: 0 });
    const tooLong = aChannel([{ ...retry, afterMs: 20_000 }]);
    expect(await delivering(tooLong, 10_000)).toMatchObject({ attempts: 1, tookMs: 10_000 });
  });

  it("is not tried again when it was refused", async () => {
    expect(await delivering(aChannel([{ result: "refused", reason: "answers 404" }]))).toMatchObject({ attempts: 1 });
  });

  it("of unknown fate is tried again only where the receiver knows a copy", async () => {
    expect(await delivering(aChannel([uncertain, delivered]))).toMatchObject({ attempts: 1, last: uncertain });
    const known = aChannel([uncertain, delivered], { isRepeatable: true });
    expect(await delivering(known)).toMatchObject({ attempts: 2, last: delivered });
  });

  it("to a place that never answers takes one attempt's time, or the budget", async () => {
    const silent = { result: "uncertain", reason: "no answer in time" };
    expect(await delivering(aChannel(["hang"]))).toMatchObject({ attempts: 1, last: silent, tookMs: 5_000 + graceMs });
    expect(await delivering(aChannel(["hang"], { isRepeatable: true }), 10_000)).toMatchObject({
      last: silent,
      tookMs: 10_000 + graceMs,
    });
    expect(await delivering(aChannel(["hang"]), 2_000)).toMatchObject({
      attempts: 1,
      last: silent,
      tookMs: 2_000 + graceMs,
    });
  });

  it("to a slow place takes all the time there is", async () => {
    const sends = (_content: unknown, signal: AbortSignal) =>
      new Promise<Attempt>((resolve) => {
        signal.addEventListener("abort", () => resolve(uncertain), { once: true });
      });
    expect(await delivering(aChannel([], { isSlow: true, send: sends }), 20_000)).toMatchObject({
      attempts: 1,
      last: uncertain,
      tookMs: 20_000,
    });
  });

  it("is not begun when no time is left", async () => {
    const channel = aChannel([delivered]);
    const content = { notification: aNotification(), message: toMessage(aNotification()), reached: [] };
    const { attempts, last } = await deliver(channel, content, defaultRetries, createFakeClock(), AbortSignal.abort());
    expect([attempts, last.result, channel.sent.length]).toEqual([0, "retry", 0]);
  });

  it("survives a channel that throws", async () => {
    const broken = aChannel([], { send: () => Promise.reject(new TypeError("secret")) });
    expect((await delivering(broken)).last).toEqual({ result: "uncertain", reason: "fails (TypeError)" });
  });

  it("is signed for the moment of each attempt", async () => {
    const channel = aChannel([retry, delivered]);
    await delivering(channel);
    const [first, second] = channel.sent.map(({ at }) => at.getTime());
    expect((second ?? 0) - (first ?? 0)).toBe(500);
  });
});
