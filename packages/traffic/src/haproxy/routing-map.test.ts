import { type DoorRouting, isSluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatRouting, parseRouting } from "../door/routing-value.ts";
import { findRouting, formatRoutingFile } from "./routing-map.ts";

const routings = fc.record<DoorRouting>(
  {
    stable: fc.constantFrom("blue", "green", null),
    share: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
    salt: fc.integer({ min: 0, max: 9999 }),
    testers: fc.constant(true),
  },
  { requiredKeys: ["stable", "share", "salt"] },
);

test("a routing survives the map, the file and what `show map` says", () => {
  fc.assert(
    fc.property(routings, (routing) => {
      expect(parseRouting(formatRouting(routing))).toEqual(routing);
      expect(findRouting(formatRoutingFile(routing))).toEqual(routing);
      expect(findRouting(`\n0x55d0c0ffee00 route ${formatRouting(routing)}\n\n`)).toEqual(routing);
    }),
  );
});

test("what is written can never be more than words and digits", () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.anything(), fc.anything(), (stable, share, salt, testers) => {
      const written = attempt(() => formatRouting({ stable, share, salt, testers } as DoorRouting));
      expect(written).toMatch(/^((blue|green|none):\d{1,5}:\d{1,4}(:testers)?|refused)$/);
    }),
  );
});

function attempt(format: () => string): string {
  try {
    return format();
  } catch (error) {
    // Values without a number or text in them fail before they are compared.
    if (isSluiceError(error) || error instanceof TypeError) return "refused";
    throw error;
  }
}

test.each([-0.01, 100.01, 33.333, Number.NaN, Number.POSITIVE_INFINITY])("share %s is refused", (share) => {
  expect(() => formatRouting({ stable: "blue", share, salt: 0 })).toThrow(/share/);
});

test.each(["", "blue", "blue:10001:0", "red:0:0", "blue:-1:0", "blue:1:2:3", "blue:1:2:", "blue:1.5:0"])(
  "%j is no routing",
  (text) => {
    expect(parseRouting(text)).toBeNull();
    expect(findRouting(`route ${text}`)).toBeNull();
  },
);
