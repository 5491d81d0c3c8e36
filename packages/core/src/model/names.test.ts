import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSluiceError } from "../errors/sluice-error.ts";
import { assertReleaseTag, assertStackName, stackNames } from "./names.ts";

const isRefused = (check: (name: string) => string, name: string) => {
  try {
    return check(name) !== name;
  } catch (error) {
    return isSluiceError(error) && error.code === "NAME_INVALID";
  }
};

describe("names from outside", () => {
  it.each(["shop", "a", "shop_2-b", "0shop", "a".repeat(48)])("stack %j is taken", (name) => {
    expect(assertStackName(name)).toBe(name);
  });
  it.each(["", "Shop", "-shop", "_shop", "shop.de", "shop/..", "a b", "a".repeat(49), "shop\n"])(
    "stack %j is refused",
    (name) => expect(isRefused(assertStackName, name)).toBe(true),
  );
  it.each(["v1.2.3", "2026-01-01", "_x", "v1", "release/2.0", "@shop/web@1.2.0", "1.2.0+7"])(
    "tag %j is taken",
    (tag) => {
      expect(assertReleaseTag(tag)).toBe(tag);
    },
  );
  it.each([
    "",
    "..",
    "v1..2",
    "-v1",
    ".v1",
    "/v1",
    "v1/",
    "a//b",
    "a/../b",
    "a/.b",
    "@",
    "v1 ",
    "v".repeat(129),
    "$(id)",
    "v1\n",
  ])("tag %j is refused", (tag) => {
    expect(isRefused(assertReleaseTag, tag)).toBe(true);
  });
  it("that are taken hold nothing that a path, a shell or a label could misread", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isRefused(assertStackName, text) || /^[A-Za-z0-9._-]+$/.test(text)).toBe(true);
      }),
    );
  });
  it("of releases hold nothing that a shell or a label could misread, and lead nowhere else as a path", () => {
    const letter = fc.constantFrom("a", "Z", "0", ".", "_", "-", "+", "@", "/", " ", "$", "`", ";", "\\", "\n");
    fc.assert(
      fc.property(fc.string({ unit: letter }), (text) => {
        if (isRefused(assertReleaseTag, text)) return;
        expect(text).toMatch(/^[A-Za-z0-9._@/+-]+$/);
        expect(text.split("/").every((part) => part !== "" && !part.startsWith(".") && part !== "..")).toBe(
          !text.startsWith("."),
        );
      }),
    );
  });
});

describe("names of what is made for a stack", () => {
  it("do not collide between slots, networks and services", () => {
    const made = (["blue", "green", "rehearsal"] as const).flatMap((slot) => [
      stackNames.slotProject("shop", slot),
      stackNames.link("shop", slot, "default"),
      stackNames.link("shop", slot, "backend"),
      stackNames.linkAlias("shop", slot, "web"),
    ]);
    const all = [...made, stackNames.door("shop", "web"), stackNames.homeVolume("shop")];
    expect(new Set(all).size).toBe(all.length);
    expect(stackNames.imageRepository("shop", "Web")).toBe("sluice/shop-web");
  });

  const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
  const references = [
    "acme/assets:v1._2",
    "acme/assets:_1",
    "acme/assets:main-",
    "acme/assets:Main-",
    "acme-assets:v1",
  ];
  it("are repositories for every mounted image, another for each", () => {
    const made = [...references, "acme/assets-v1:latest", "acme/assets:v1"].map((reference) =>
      stackNames.imageRepository("shop", reference),
    );
    expect(made.filter((name) => !repositoryPattern.test(name.replace("sluice/", "")))).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
    expect(stackNames.imageRepository("shop", "acme/assets:v1")).toBe("sluice/shop-mounted-acme-2fassets-3av1");
  });
});
