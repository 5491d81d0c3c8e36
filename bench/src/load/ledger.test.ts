import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAnswer } from "./answer.fake.ts";
import { auditLedger, ledgerOf } from "./ledger.ts";

const order = (orderId: number) => anAnswer({ method: "POST", orderId });
const failedOrder = anAnswer({ method: "POST", failure: { kind: "reset", detail: "ECONNRESET" } });

describe("ledger", () => {
  it("keeps the acknowledged ids, and counts the orders of unknown fate", () => {
    expect(ledgerOf([order(1), anAnswer(), failedOrder, order(2)])).toEqual({ acknowledged: [1, 2], unknown: 1 });
  });

  it("names acknowledged orders that are not stored", () => {
    const audit = auditLedger({ acknowledged: [1, 2, 3], unknown: 0 }, [1, 3]);
    expect(audit).toEqual({ missing: [2], repeated: [], surplus: 0 });
  });

  it("tells an order placed twice from one whose answer was lost", () => {
    expect(auditLedger({ acknowledged: [1], unknown: 1 }, [1, 2]).surplus).toBe(0);
    expect(auditLedger({ acknowledged: [1], unknown: 0 }, [1, 2]).surplus).toBe(1);
  });

  it("names an id that two clients were promised", () => {
    expect(auditLedger({ acknowledged: [5, 5], unknown: 0 }, [5]).repeated).toEqual([5]);
  });

  it("finds exactly the rows that were taken away", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.func(fc.boolean()), (ids, isLost) => {
        const stored = ids.filter((id) => !isLost(id));
        const audit = auditLedger({ acknowledged: ids, unknown: 0 }, stored);
        expect(audit.missing).toEqual(ids.filter((id) => isLost(id)));
        expect(audit.surplus).toBe(0);
      }),
    );
  });
});
