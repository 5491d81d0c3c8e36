import { join } from "node:path";
import type { Order, OrderReceipt } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { describe, expect, it } from "vitest";
import { openStateHome, type StateHome } from "../src/home/state-home.ts";
import { createOrderDesk } from "../src/orders/create-order-desk.ts";
import { followEvents, sendOrder } from "../src/orders/send-order.ts";
import { temporaryDirectory, temporaryHome } from "./temporary-home.ts";

const pause: Order = { kind: "pause", actor: "mira", reason: "lunch \n and more" };
const accepted: OrderReceipt = { accepted: true, message: "paused" };

describe("an order", () => {
  it("reaches the process that takes orders, and its receipt comes back", async () => {
    const home = await temporaryHome();
    const got: Order[] = [];
    await using _desk = await createOrderDesk(home).open(async (order) => {
      got.push(order);
      return accepted;
    });
    expect(await sendOrder(home, pause)).toEqual(accepted);
    expect(got).toEqual([pause]);
  });

  it("says that nothing runs: before, after, and where a dead run left its socket", async () => {
    const home = await temporaryHome();
    const nothing = { code: "NOTHING_UNDER_WAY", exitCode: 10 };
    await expect(sendOrder(home, pause)).rejects.toMatchObject(nothing);
    const desk = await createOrderDesk(home).open(async () => accepted);
    await desk[Symbol.asyncDispose]();
    await expect(sendOrder(home, pause)).rejects.toMatchObject(nothing);
  });

  it("is taken by the next run, whatever the one before it left", async () => {
    const home = await temporaryHome();
    await using _left = await createOrderDesk(home).open(async () => ({ accepted: false, message: "old" }));
    await using _desk = await createOrderDesk(home).open(async () => accepted);
    expect(await sendOrder(home, pause)).toEqual(accepted);
  });

  it("that could not be recorded is refused, with the reason", async () => {
    const home = await temporaryHome();
    await using _desk = await createOrderDesk(home).open(async () => Promise.reject(new Error("no space left")));
    expect(await sendOrder(home, pause)).toEqual({ accepted: false, message: "no space left" });
  });

  it("without an answer ends at the deadline", async () => {
    const home = await temporaryHome();
    await using _desk = await createOrderDesk(home).open(() => new Promise(() => {}));
    await expect(sendOrder(home, pause, { timeoutMs: 50 })).rejects.toMatchObject({ code: "ORDER_REFUSED" });
  });

  it("reaches a home that lies deeper than a socket's path may be long", async () => {
    const deep = join(await temporaryDirectory(), ...("deep".repeat(30).match(/.{12}/g) ?? []));
    await using home: StateHome = await openStateHome(deep, { clock: systemClock, stack: "shop" });
    await using _desk = await createOrderDesk(home).open(async () => accepted);
    expect(await sendOrder(home, pause)).toEqual(accepted);
  });
});

it("events are told to those who follow, until the deployment ends", async () => {
  const home = await temporaryHome();
  const desk = createOrderDesk(home);
  const opened = await desk.open(async () => accepted);
  const lines: string[] = [];
  const following = (async () => {
    for await (const line of followEvents(home)) {
      lines.push(line);
      if (lines.length === 2) await opened[Symbol.asyncDispose]();
    }
  })();
  // Who follows sees what happens from then on: it is told again until somebody has heard it.
  const error = { v: 1, at: "2026-01-01T00:00:00.000Z", type: "error", code: "X", message: "said" } as const;
  const telling = setInterval(() => desk.tell(error), 5);
  await following;
  clearInterval(telling);
  expect(JSON.parse(lines[0] ?? "")).toEqual(error);
});
