import { describe, expect, it } from "vitest";
import { atLeast, atMost, conclude, formatResult, resultLine, shown } from "./result.ts";

const aResult = { bench: "downtime", peers: { compose: { lost: 558 } }, floor: { node_start_ms: 40 } };

describe("a bench's result", () => {
  it("passes when all its limits are kept, the limits themselves included", () => {
    expect(conclude({ ...aResult, figures: { lost: atMost(0, 0), held_s: atLeast(10, 10), x: shown(7) } }).pass).toBe(
      true,
    );
    expect(conclude({ ...aResult, figures: { lost: atMost(1, 0), held_s: atLeast(10, 10) } }).pass).toBe(false);
    expect(conclude({ ...aResult, figures: { lost: atMost(0, 0), held_s: atLeast(9.9, 10) } }).pass).toBe(false);
  });

  it("does not pass without a limit, or with a figure that could not be measured", () => {
    expect(conclude({ ...aResult, figures: { x: shown(7) } }).pass).toBe(false);
    expect(conclude({ ...aResult, figures: { lost: atMost(Number.NaN, 0) } }).pass).toBe(false);
  });

  it("is one line for machines", () => {
    const line = resultLine(conclude({ ...aResult, figures: { lost: atMost(0, 0) } }));
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
      bench: "downtime",
      pass: true,
      figures: { lost: { value: 0, atMost: 0, pass: true } },
      peers: { compose: { lost: 558 } },
      floor: { node_start_ms: 40 },
    });
  });

  it("is a table for people that names what failed, with the peers beside", () => {
    const table = formatResult(conclude({ ...aResult, figures: { lost: atMost(3, 0) } }));
    expect(table).toMatch(/^lost +3 +<= 0 +FAILED +558$/m);
    expect(table).toMatch(/downtime: FAILED$/);
  });
});
