import type { Order, OrderDesk, OrderReceipt } from "@sluice/core";
import { expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new AbortController().signal;
const order = (kind: Order["kind"]): Order => ({ kind, actor: "mira", reason: "v2 is bad" });

/** A desk, and who is at it. */
function aDesk() {
  const open: ((order: Order) => Promise<OrderReceipt>)[] = [];
  const desk: OrderDesk = {
    async open(receive) {
      open.push(receive);
      return { [Symbol.asyncDispose]: async () => void open.splice(open.indexOf(receive), 1) };
    },
  };
  return { desk, open };
}

it.each(["backup", "verify", "rehearse"])(
  "database %s ends by the order to abort, and takes no other",
  async (what) => {
    const { desk, open } = aDesk();
    const work = untilAborted(desk, what, never, async (signal) => {
      expect(await open[0]?.(order("pause"))).toMatchObject({ accepted: false });
      expect(signal.aborted).toBe(false);
      expect(await open[0]?.(order("abort"))).toMatchObject({ accepted: true });
      // As Node's own functions say it, which nobody may take for a bug.
      throw new DOMException("This operation was aborted", "AbortError");
    });
    const message = `database ${what} was aborted by mira: v2 is bad`;
    await expect(work).rejects.toMatchObject({ code: "ABORTED", message });
    expect(open).toEqual([]);
  },
);

it.each(["restore", "restore-undo", "migrate", "migrate-down"])("database %s takes no order", async (what) => {
  const { desk, open } = aDesk();
  await untilAborted(desk, what, never, async (signal) => {
    expect(open).toEqual([]);
    expect(signal).toBe(never);
  });
});

it("ends with the signal that was given, also where no order can be taken", async () => {
  const outer = new AbortController();
  const shut: OrderDesk = { open: () => Promise.reject(new Error("no socket")) };
  const work = untilAborted(shut, "backup", outer.signal, async (signal) => {
    outer.abort(new Error("interrupted"));
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow("interrupted");
});
