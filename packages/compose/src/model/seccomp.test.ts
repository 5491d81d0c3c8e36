import { expect, it } from "vitest";
import { withCheckout } from "./checkout.ts";
import { profileIn, withProfiles } from "./seccomp.ts";

const model = withCheckout({ name: "shop", services: {} }, "/srv/$shop", "/srv/$shop/deploy");

it.each([
  ["seccomp:./chrome.json", "/srv/$$shop/deploy/chrome.json"],
  ["seccomp=../a:b.json", "/srv/$$shop/a:b.json"],
  ["seccomp:/etc/docker/chrome.json", "/etc/docker/chrome.json"],
  ["seccomp:~/chrome.json", undefined],
  ["seccomp:unconfined", undefined],
  ["seccomp=builtin", undefined],
  ["no-new-privileges:true", undefined],
  ["apparmor:profile", undefined],
  ["no-new-privileges", undefined],
])("%s names %s", (option, path) => {
  expect(profileIn(model, option)).toBe(path);
});

it("profiles are put elsewhere, and what names none stays", () => {
  const options = ["no-new-privileges:true", "seccomp:a=b.json", "seccomp:/etc/chrome.json"];
  const placed = withProfiles(model, options, (path) => (path.startsWith("/srv/") ? `/copies${path}` : undefined));
  expect(placed).toEqual(options);
  const other = withProfiles(model, ["seccomp:chrome.json"], (path) => `/copies${path}`);
  expect(other).toEqual(["seccomp=/copies/srv/$$shop/deploy/chrome.json"]);
});
