import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withCheckout } from "../model/checkout.ts";
import { hasProfiles } from "./has-profiles.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "profiles-"));
  writeFileSync(join(directory, "chrome.json"), '{ "defaultAction":  "SCMP_ACT_ALLOW" }\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

it.each([
  [["seccomp:chrome.json"], ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'], true],
  [["seccomp:chrome.json"], ['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'], false],
  [["seccomp:chrome.json"], null, false],
  [["seccomp:gone.json"], ["seccomp={}"], true],
  [["seccomp:unconfined", "no-new-privileges:true"], ["seccomp:unconfined"], true],
])("with %j a container that was made with %j is as the service is to be: %s", (security_opt, given, expected) => {
  const services = { chrome: { image: "chrome", security_opt } };
  const model = withCheckout({ name: "shop", services }, directory);
  expect(hasProfiles({ HostConfig: { SecurityOpt: given } }, model, "chrome")).toBe(expected);
});
