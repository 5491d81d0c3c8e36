import { describe, expect, it } from "vitest";
import { aConfig, aContainer, aDoor, aService, aStack } from "../../testing/index.ts";
import { type DesiredDeployment, planDeployment } from "../plan-deployment.ts";

const proxy = aService("proxy", { role: "edge" });
const web = (name: string) => aService(name, { ports: [] });
const files = { proxy: ["site.conf"] };

/** Doors of a release that comes after one with `web` and `api`, whose door of `web` must be made anew. */
function doors(webs: readonly string[], more: Partial<DesiredDeployment> = {}) {
  const stack = aStack({ services: [web("web"), web("api"), proxy], live: { slot: "blue", release: "r-1" } });
  const observed = {
    ...stack,
    doors: {
      web: aDoor("web", { stable: "blue", share: 0, salt: 0 }, { state: "outdated", reason: "its labels changed" }),
    },
    base: {
      ...stack.base,
      proxy: {
        service: "proxy",
        state: "current" as const,
        reason: "",
        containers: [aContainer("proxy", { id: "p1" })],
      },
    },
  };
  const replaced = [web("web"), web("api"), proxy];
  const services = [...webs.map(web), proxy];
  const desired: DesiredDeployment = {
    tag: "v2",
    services,
    config: aConfig(),
    bundleId: null,
    imagesOf: null,
    wasLive: false,
    prunable: [],
    replaced,
    files,
    ...more,
  };
  return planDeployment(desired, observed).steps.flatMap((step) =>
    step.kind === "door" ? [{ service: step.service, putsBack: step.putsBack, cause: step.cause }] : [],
  );
}

describe("a proxy that asks for the new address of a door", () => {
  it("is first made again as before, where what is checked out for it may name a door that nobody is led to yet", () => {
    const cause =
      "its labels changed; one short gap; proxy is made again with the files of before, in one short gap, as those of now are for the cutover";
    expect(doors(["web", "core"])).toEqual([
      { service: "web", putsBack: ["proxy"], cause },
      { service: "core", putsBack: undefined, cause: "not there yet" },
    ]);
  });

  it.each([
    ["all services are known", doors(["web"])],
    ["its files are as before", doors(["web", "core"], { files: {} })],
    ["nobody knows how it was", doors(["web", "core"], { replaced: undefined })],
  ])("is not where %s", (_title, made) => {
    expect(made.map(({ putsBack }) => putsBack)).toEqual(made.map(() => undefined));
  });
});
