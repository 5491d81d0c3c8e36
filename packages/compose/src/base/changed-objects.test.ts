import type { ComposeModel } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { withEnvFileValues } from "../model/env-file-values.ts";
import { changedObjects } from "./changed-objects.ts";

const services = [
  aService("edge", { role: "edge" }),
  aService("db", { role: "data" }),
  aService("web", { role: "web", strategy: "slots" }),
];

function aModel(configs: ComposeModel["configs"], token = "a"): ComposeModel {
  const use = { image: "nginx", configs: [{ source: "conf" }], secrets: [{ source: "token" }] };
  const model = {
    name: "shop",
    services: { edge: use, db: use, web: use },
    configs,
    secrets: { token: { environment: "TOKEN" } },
  };
  return withEnvFileValues(model, { TOKEN: token });
}

const inline = (content: string) => aModel({ conf: { content } });

it.each([
  ["another content", inline("of v1"), inline("of v2"), ["config conf"]],
  ["the same content", inline("of v1"), inline("of v1"), undefined],
  [
    "a file in the place of a content, which is none of this",
    inline("of v1"),
    aModel({ conf: { file: "/x" } }),
    undefined,
  ],
  [
    "another value in an env file",
    aModel({ conf: { environment: "CONF" } }),
    aModel({ conf: { environment: "CONF" } }, "rotated"),
    ["secret token"],
  ],
  ["a config that is new, which the definition tells", aModel({}), inline("of v2"), undefined],
])("a base service gets %s", (_name, before, after, edge) => {
  expect(changedObjects(before, after, services)).toEqual(edge ? { edge } : {});
});
