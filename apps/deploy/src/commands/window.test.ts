import type { WindowView } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { aWindowView, fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const closed = aWindowView({
  open: false,
  reason: "outside the window mon-thu 09:00-16:00 (Europe/Berlin)",
  timezone: "Europe/Berlin",
  nextOpening: "2026-05-04T07:00:00.000Z",
  ranges: ["mon-thu 09:00-16:00"],
  holidays: ["2026-12-25"],
  freezes: [{ from: "2026-12-18T12:00", until: "2027-01-03", reason: "end of the year" }],
});
const showing = (view: WindowView) => fakeDeployer({ window: async () => view });

describe("sluice window", () => {
  it("says that it is closed, why, when it opens, and what else closes it", async () => {
    const { stdout, exitCode } = await run(["window"], { deployer: showing(closed) });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`shop is closed for deployments: outside the window mon-thu 09:00-16:00 (Europe/Berlin)
it opens Mon 2026-05-04 09:00 Europe/Berlin

freezes
  from              until       why
  2026-12-18T12:00  2027-01-03  end of the year

holidays
  2026-12-25
`);
  });

  it("says that it is open, and until when", async () => {
    const open = { ...closed, open: true, reason: "inside the window", nextOpening: null, freezes: [], holidays: [] };
    const until = { ...open, closes: "2026-05-04T14:00:00.000Z" };
    expect((await run(["window"], { deployer: showing(until) })).stdout).toBe(
      "shop is open for deployments: inside the window\nit closes Mon 2026-05-04 16:00 Europe/Berlin\n",
    );
    expect((await run(["window"], { deployer: showing(open) })).stdout).toBe(
      "shop is open for deployments: inside the window\n",
    );
  });

  it("prints the same as one object with --json", async () => {
    const { stdout } = await run(["window", "--json"], { deployer: showing(closed) });
    expect(events(stdout)).toEqual([{ v: 1, ...closed }]);
  });
});
