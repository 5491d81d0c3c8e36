import type { Order, OrderKind } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOrder, applyOrder, type ControlState, isToAbort, noOrders, restoreControl } from "./control-state.ts";

const order = (kind: OrderKind, changes: Partial<Order> = {}): Order => ({
  kind,
  actor: "ada",
  reason: "",
  ...changes,
});
const asking: ControlState = { ...noOrders, asks: "approval-1" };

describe("an order", () => {
  it("is refused where it has nothing to act on", () => {
    expect(answerOrder(noOrders, order("approve"))).toEqual({ accepted: false, message: "nothing waits for approval" });
    expect(answerOrder(noOrders, order("resume")).accepted).toBe(false);
    const paused = applyOrder(noOrders, order("pause", { reason: "lunch" }));
    expect(answerOrder(paused, order("pause"))).toEqual({ accepted: false, message: "paused by ada: lunch" });
  });

  it("approves the step that asks, and only that", () => {
    expect(applyOrder(asking, order("approve"))).toMatchObject({ asks: null, approved: ["approval-1"] });
  });

  it("to pause does not take the question away that a step asks", () => {
    const paused = applyOrder(asking, order("pause"));
    expect(answerOrder(paused, order("approve")).accepted).toBe(true);
  });
});

describe("any orders", () => {
  const kinds = fc.array(fc.constantFrom<OrderKind>("approve", "pause", "resume", "abort"), { maxLength: 12 });

  it("after an abort, or once it is closed, change nothing any more", () => {
    fc.assert(
      fc.property(kinds, fc.boolean(), (given, isClosed) => {
        const ended = isClosed ? { ...asking, closed: "promoted" } : applyOrder(asking, order("abort"));
        expect(given.some((kind) => answerOrder(ended, order(kind)).accepted)).toBe(false);
      }),
    );
  });

  it("are no answer to a pause where they only have a condemned deployment finished", () => {
    const paused = [order("pause"), { ...order("resume"), takesBack: true }];
    expect(restoreControl(paused).pause).toMatchObject({ actor: "ada" });
    expect(isToAbort([order("abort"), order("resume")])).toBe(true);
    expect(isToAbort([order("abort"), { ...order("resume"), takesBack: true }])).toBe(false);
    expect(isToAbort([{ ...order("resume"), takesBack: true }, order("abort")])).toBe(true);
  });

  it("leave the same pause and approvals to the run that reads them from the record", () => {
    fc.assert(
      fc.property(kinds, (given) => {
        let state: ControlState = asking;
        const accepted: (Order & { step?: string })[] = [];
        for (const kind of given.filter((one) => one !== "abort")) {
          const next = order(kind);
          if (!answerOrder(state, next).accepted) continue;
          accepted.push({ ...next, ...(state.asks ? { step: state.asks } : {}) });
          state = applyOrder(state, next);
        }
        expect(restoreControl(accepted)).toEqual({ ...state, asks: null });
      }),
    );
  });
});
