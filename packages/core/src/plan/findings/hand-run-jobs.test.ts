import { expect, it } from "vitest";
import { aContainer } from "../../testing/index.ts";
import { handRunFindings } from "./hand-run-jobs.ts";

const job = (startedAt: string) => aContainer("migrate", { state: "exited", startedAt });
const liveAt = "2026-01-02T00:00:00.000Z";

it("a job that plain Compose ran since a version was live last may have changed data that no backup was taken of", () => {
  expect(handRunFindings({ jobs: [job("2026-01-03T10:00:00.000Z")] }, liveAt)).toEqual([
    {
      severity: "warn",
      code: "job-by-hand",
      service: "migrate",
      message:
        "job migrate was run by plain Compose at 2026-01-03T10:00:00.000Z (shop-migrate-1 is exited), after the last deployment: what it changed in data was neither backed up nor rehearsed before",
      hint: "look at what it did: docker logs shop-migrate-1; sluice db list shows the backups of before, and sluice db backup takes one of now; then, once it has ended, docker rm shop-migrate-1",
    },
  ]);
});

it("nothing is said of one that ran before that, as before an adoption, or never, nor before any version was live", () => {
  expect(handRunFindings({ jobs: [job("2026-01-01T00:00:00.000Z"), job("")] }, liveAt)).toEqual([]);
  expect(handRunFindings({ jobs: [job("2026-01-03T10:00:00.000Z")] }, null)).toEqual([]);
  expect(handRunFindings({}, liveAt)).toEqual([]);
});
