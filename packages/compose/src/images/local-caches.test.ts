import { expect, it } from "vitest";
import { withLocalCaches } from "./local-caches.ts";

it("a cache in a directory is where the project has it, wherever Compose runs", () => {
  const build = {
    context: "/srv/shop",
    cache_from: ["type=local,src=.cache/web", "type=local,src=/var/cache/web", "shop/web:cache", "type=gha"],
    cache_to: ["mode=max,type=local,dest=../cache$$1", "type=registry,ref=shop/web:cache"],
  };
  expect(withLocalCaches(build, "/srv/shop")).toEqual({
    context: "/srv/shop",
    cache_from: ["type=local,src=/srv/shop/.cache/web", "type=local,src=/var/cache/web", "shop/web:cache", "type=gha"],
    cache_to: ["mode=max,type=local,dest=/srv/cache$$1", "type=registry,ref=shop/web:cache"],
  });
});

it("a build without one is as it was", () => {
  const build = { context: "/srv/shop" };
  expect(withLocalCaches(build, "/srv/shop")).toBe(build);
  expect(withLocalCaches({ cache_from: ["type=local,src=a"] }, undefined)).toEqual({
    cache_from: ["type=local,src=a"],
  });
});
