import { expect, it } from "vitest";
import { proofHint } from "./proof-hint.ts";

const place = { stack: "shop-staging", stateHome: "/srv/staging" };

it("what is not proven is looked at where it proves itself", () => {
  expect(proofHint(place, null)).toBe(
    "see promotion in sluice.yaml, which says where releases prove themselves; " +
      "sluice -p shop-staging --state-home /srv/staging status shows it",
  );
  expect(proofHint({ ...place, environment: "staging", stateHome: "/srv/it's here" }, null)).toContain(
    String.raw`; sluice -p shop-staging --env staging --state-home '/srv/it'\''s here' status shows it`,
  );
});

it("what is stored here may come back all the same", () => {
  expect(proofHint(place, "v2")).toMatch(/ status shows it; as it is stored here: sluice rollback v2$/);
});
