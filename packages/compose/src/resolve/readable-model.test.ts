import type { ComposeService } from "@sluice/core";
import { expect, test } from "vitest";
import { readableModel } from "./readable-model.ts";

test.each<[string, ComposeService, ComposeService]>([
  [
    "limits of 0",
    { ulimits: { core: {}, nofile: { hard: 10 }, nproc: 5 } },
    { ulimits: { core: { soft: 0, hard: 0 }, nofile: { soft: 0, hard: 10 }, nproc: 5 } },
  ],
  ["limits of a build", { build: { ulimits: { core: {} } } }, { build: { ulimits: { core: { soft: 0, hard: 0 } } } }],
  ["sizes without a limit", { mem_limit: "1024", memswap_limit: "-1" }, { mem_limit: "1024", memswap_limit: -1 }],
  [
    "limits of devices",
    { blkio_config: { weight: 3, weight_device: [{ Path: "/dev/Sda", Weight: 4 }] } },
    { blkio_config: { weight: 3, weight_device: [{ path: "/dev/Sda", weight: 4 }] } },
  ],
])("%s are in a form that Compose reads back", (_name, written, read) => {
  const model = readableModel({ name: "shop", services: { web: { image: "shop", ...written } } });
  expect(model).toEqual({ name: "shop", services: { web: { image: "shop", ...read } } });
});

test("a config has a content where Compose left out an empty one", () => {
  const configs = { none: { name: "a" }, some: { content: "x" }, file: { file: "/x" }, theirs: { external: true } };
  expect(readableModel({ name: "shop", services: {}, configs }).configs).toEqual({
    ...configs,
    none: { name: "a", content: "" },
  });
});
