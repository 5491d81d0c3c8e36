import { otherSlot, type Slot } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { routeOf } from "./route-model.ts";

const slot = fc.constantFrom<Slot>("blue", "green");
const bucket = fc.integer({ min: 0, max: 9999 });
const share = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const up = fc.record({ blue: fc.boolean(), green: fc.boolean() });
const bothUp = { blue: true, green: true };

test("at share 0 no user reaches the candidate, whatever is down", () => {
  fc.assert(
    fc.property(slot, bucket, bucket, up, (stable, salt, user, servers) => {
      const reached = routeOf({ routing: { stable, share: 0, salt }, bucket: user, preview: null, up: servers });
      expect(reached).not.toBe(otherSlot(stable));
    }),
  );
});

test("at share 100 every user reaches the candidate while it is up, and the stable slot when it is not", () => {
  fc.assert(
    fc.property(slot, bucket, bucket, up, (stable, salt, user, servers) => {
      const candidate = otherSlot(stable);
      const reached = routeOf({ routing: { stable, share: 100, salt }, bucket: user, preview: null, up: servers });
      expect(reached).toBe(servers[candidate] ? candidate : servers[stable] ? stable : null);
    }),
  );
});

test("while the share only grows, a user changes slots at most once", () => {
  fc.assert(
    fc.property(slot, bucket, bucket, fc.array(share, { maxLength: 12 }), (stable, salt, user, shares) => {
      const served = shares
        .toSorted((a, b) => a - b)
        .map((now) => routeOf({ routing: { stable, share: now, salt }, bucket: user, preview: null, up: bothUp }));
      const changes = served.filter((to, index) => index > 0 && to !== served[index - 1]);
      expect(changes.length).toBeLessThanOrEqual(1);
    }),
  );
});

test("of all buckets exactly the share's part reaches the candidate, under every salt", () => {
  fc.assert(
    fc.property(slot, bucket, share, (stable, salt, percent) => {
      let reached = 0;
      for (let user = 0; user < 10_000; user += 1) {
        const to = routeOf({ routing: { stable, share: percent, salt }, bucket: user, preview: null, up: bothUp });
        if (to !== stable) reached += 1;
      }
      expect(reached).toBe(Math.round(percent * 100));
    }),
    { numRuns: 20 },
  );
});

test("making the candidate of a complete cutover the stable slot moves nobody", () => {
  fc.assert(
    fc.property(slot, bucket, bucket, (stable, salt, user) => {
      const ask = { bucket: user, preview: null, up: bothUp };
      const before = routeOf({ ...ask, routing: { stable, share: 100, salt } });
      expect(routeOf({ ...ask, routing: { stable: otherSlot(stable), share: 0, salt } })).toBe(before);
    }),
  );
});

test("testers reach the candidate alone, at any share, and only while it is open to them", () => {
  fc.assert(
    fc.property(slot, bucket, share, up, (stable, user, percent, servers) => {
      const ask = { bucket: user, preview: null, up: servers };
      const routing = { stable, share: percent, salt: 0 };
      const candidate = otherSlot(stable);
      const tester = { ...ask, isTester: true };
      expect(routeOf({ ...tester, routing: { ...routing, testers: true } })).toBe(
        servers[candidate] ? candidate : null,
      );
      expect(routeOf({ ...tester, routing })).toBe(routeOf({ ...ask, routing }));
      expect(routeOf({ ...ask, routing: { ...routing, testers: true } })).toBe(routeOf({ ...ask, routing }));
    }),
  );
});

test("without a stable slot only previews reach anything", () => {
  fc.assert(
    fc.property(slot, bucket, bucket, share, (named, salt, user, percent) => {
      const routing = { stable: null, share: percent, salt };
      expect(routeOf({ routing, bucket: user, preview: null, up: bothUp })).toBeNull();
      expect(routeOf({ routing, bucket: user, preview: named, up: bothUp })).toBe(named);
    }),
  );
});
