import { describe, expect, it } from "vitest";
import { waitForQuiet } from "./load-average.ts";

describe("waiting for a quiet machine", () => {
  it("ends as soon as the load is below the limit", async () => {
    const loads = [3, 2, 1.2, 1.1];
    const quiet = await waitForQuiet({ load: () => loads.shift() ?? 1, pollMs: 1 });
    expect(quiet).toEqual({ load: 1.1, quiet: true });
  });

  it("gives up in time, and says so", async () => {
    expect(await waitForQuiet({ load: () => 9, timeoutMs: 20, pollMs: 5 })).toEqual({ load: 9, quiet: false });
  });
});
