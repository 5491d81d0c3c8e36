import type { ComposeModel, ComposeService } from "@sluice/core";
import { expect, it } from "vitest";
import { placesOf, splitUploads } from "./uploads.ts";

const mounted = (source: string, target: string) => ({ type: "bind", source: `/r/${source}`, target, read_only: true });

function split(web: ComposeService) {
  const model: ComposeModel = { name: "shop", services: { web }, configs: { limits: { file: "/r/limits" } } };
  const { model: rest, uploads } = splitUploads(model, "/r", (source) => source.endsWith(".d"));
  const { volumes = [], labels = {} } = rest.services["web"] ?? {};
  return { volumes, places: placesOf(labels), within: uploads.map(({ within }) => within) };
}

it("what is read-only has volumes where its files go, one for each directory", () => {
  const uploads = { type: "volume", source: "uploads", target: "/uploads" };
  const volumes = [
    mounted("a", "/etc/nginx/a.conf"),
    mounted("b", "/etc/nginx/b.conf"),
    mounted("c.d", "/c"),
    uploads,
    mounted("in", "/uploads/in"),
  ];
  expect(split({ read_only: true, volumes })).toEqual({
    volumes: [uploads, { type: "volume", target: "/etc/nginx" }, { type: "volume", target: "/c" }],
    places: ["/etc/nginx", "/c"],
    within: ["/etc/nginx", "/etc/nginx", "/c", "/uploads"],
  });
  expect(split({ volumes })).toEqual({ volumes: [uploads], places: [], within: [1, 2, 3, 4].map(() => undefined) });
});

it("a file right in its root is refused", () => {
  const web = { read_only: true, configs: [{ source: "limits" }] };
  expect(() => split(web)).toThrow("/limits cannot be put into the containers of web: they are read_only");
  expect(split({ read_only: true, configs: [{ source: "limits", target: "/etc/shop/limits" }] }).places).toEqual([
    "/etc/shop",
  ]);
});
