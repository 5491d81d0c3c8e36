import type { DoorRouting, Slot } from "@sluice/core";
import { slots } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./client.ts";
import { type Door, doorImages, openStage, previewSecret, type Stage } from "./stage.ts";

const value = "next-7d1f4c9ab2";

describe.each(await doorImages())("testers at %s", (image) => {
  let stage: Stage;
  const doors = new Map<"header" | "cookie", Door>();

  beforeAll(async () => {
    stage = await openStage(image);
    const spec = stage.spec({ replicas: 1 });
    await Promise.all(slots.map((slot) => stage.startApp(slot)));
    for (const by of ["header", "cookie"] as const) {
      const testers = { token: { by, name: "x-release", value } };
      doors.set(by, await stage.startDoor({ ...spec, testers }, { stable: "blue", share: 0, salt: 0 }));
    }
    for (const { name } of doors.values()) {
      for (const slot of slots) await stage.router.waitServers(name, slot, 1, 20_000);
    }
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const asks = {
    header: (text: string) => ({ "x-release": text }),
    cookie: (text: string) => ({ cookie: `a=1; x-release=${text}; b=2` }),
  };

  describe.each(["header", "cookie"] as const)("by %s", (by) => {
    const door = () => doors.get(by) as Door;
    const reached = async (routing: DoorRouting, text: string): Promise<Slot | undefined> => {
      await stage.router.setRouting(door().name, routing);
      return (await ask(door().port, "/", { headers: asks[by](text) })).slot as Slot | undefined;
    };

    test("reach the candidate while it is open to them, at any share, and nobody else does", async () => {
      const { epoch } = await stage.router.traffic(door().name);
      for (const share of [0, 5]) {
        const open = { stable: "blue", share, salt: 5_000, testers: true } as const;
        expect(await reached(open, value)).toBe("green");
        expect(await reached({ ...open, stable: "green" }, value)).toBe("blue");
        expect(await stage.router.routing(door().name)).toEqual({ ...open, stable: "green" });
      }
      const open = { stable: "blue", share: 0, salt: 0, testers: true } as const;
      expect(await reached(open, `${value}0`)).toBe("blue");
      expect(await reached(open, "")).toBe("blue");
      expect(await reached({ stable: "blue", share: 0, salt: 0 }, value)).toBe("blue");
      // All of it without a reload.
      expect((await stage.router.traffic(door().name)).epoch).toBe(epoch);
    });

    test("reach what a preview names, which goes first", async () => {
      await stage.router.setRouting(door().name, { stable: "blue", share: 0, salt: 0, testers: true });
      const preview = (slot: string) =>
        ask(door().port, "/", {
          headers: { ...asks[by](value), "x-sluice-preview": previewSecret, "x-sluice-slot": slot },
        });
      expect((await preview("blue")).slot).toBe("blue");
      expect((await preview("green")).slot).toBe("green");
      expect((await preview("red")).status).toBe(400);
    });

    test("are not counted as users and get no cookie", async () => {
      await stage.router.setRouting(door().name, { stable: "blue", share: 0, salt: 0, testers: true });
      const before = (await stage.router.traffic(door().name)).slots;
      const answer = await ask(door().port, "/cookie", { headers: asks[by](value) });
      expect([answer.slot, answer.headers["set-cookie"]]).toEqual(["green", ["session=1; Path=/"]]);
      const after = (await stage.router.traffic(door().name)).slots;
      expect(after.green.requests - before.green.requests).toBe(0);
    });
  });
});
