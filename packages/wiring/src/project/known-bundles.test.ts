import { discardEvents, storableChecks } from "@sluice/core";
import { aConfig, aRelease } from "@sluice/core/testing";
import { createFakeWorld } from "@sluice/testing";
import { expect, it } from "vitest";
import { createRedaction } from "../record/redaction.ts";
import { withKnownSecrets } from "./known-bundles.ts";

it("a release that is loaded has what it says masked, whatever is secret in the checkout now", async () => {
  const { bundle, model } = aRelease("r1");
  const web = { ...model.services["web"], environment: { API_TOKEN: "of-then-canary" } };
  const { bundles } = createFakeWorld().ports();
  await bundles.save(bundle, { ...model, services: { ...model.services, web } }, []);
  const { add, redact } = createRedaction(discardEvents);
  const known = withKnownSecrets(bundles, {}, add);
  expect((await known.list()).map(({ id }) => id)).toEqual(["r1"]);
  expect(redact("says of-then-canary")).toBe("says of-then-canary");
  expect((await known.load("r1")).bundle).toEqual(bundle);
  expect(redact("says of-then-canary")).toBe("says [redacted]");
});

it("a release that is loaded has what its checks send masked, whatever checks are checked out", async () => {
  const checks = storableChecks(aConfig({ checks: [{ http: { path: "/?key=${env:KEY_OF_THEN}" } }] }).checks);
  const { bundle, model } = aRelease("r1", { checks });
  const { bundles } = createFakeWorld().ports();
  await bundles.save(bundle, model, []);
  const { add, redact } = createRedaction(discardEvents);
  await withKnownSecrets(bundles, { KEY_OF_THEN: "of-then-canary", OTHER: "another" }, add).load("r1");
  expect(redact("says of-then-canary and another")).toBe("says [redacted] and another");
});
