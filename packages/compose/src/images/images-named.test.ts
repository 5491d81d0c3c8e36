import { expect, it } from "vitest";
import { imagesNamed } from "./images-named.ts";

it("finds what is begun from, copied from and mounted, and no stage of its own", async () => {
  const text = `# syntax=docker/dockerfile:1
FROM --platform=linux/amd64 shop-base:latest AS build
FROM build AS Tests
from registry.example:5000/acme/app@sha256:0123
COPY --from=build /a /b
copy --from=shop-assets /a /b
COPY --from=0 /a /b
ADD --from=shop-files a b
RUN --mount=type=bind,from=shop-tools,target=/x \\
    --mount=type=cache,target=/y \\
    make
COPY --from=tests a b
`;
  expect(await imagesNamed(text)).toEqual([
    "shop-base:latest",
    "registry.example:5000/acme/app@sha256:0123",
    "shop-assets",
    "shop-files",
    "shop-tools",
  ]);
});

it.each([
  ["the build's argument", { BASE: "shop-base" }, ["shop-base:1"]],
  ["the default of the Dockerfile", {}, ["acme:1"]],
] as const)("puts in %s", async (_, args, images) => {
  expect(await imagesNamed("ARG BASE=acme\nARG TAG\nFROM ${BASE}:${TAG:-1}\n", args)).toEqual(images);
  expect(await imagesNamed("ARG BASE=acme\nFROM $BASE:1\n", args)).toEqual(images);
});

it("leaves out what nobody gives a value, and copes with what is no Dockerfile", async () => {
  expect(await imagesNamed("ARG BASE\nFROM ${BASE}\n")).toEqual([]);
  expect(await imagesNamed("FROM\nnonsense {{{\n")).toEqual([]);
  expect(await imagesNamed("")).toEqual([]);
});
