import { existsSync } from "node:fs";
import type { BundleFile, ResolvedProject } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { slotServices } from "../model/networks.ts";
import { bundleName } from "./bundle-name.ts";

/**
 * Files and directories of the checkout that services in slots (and jobs) mount read-only, or use as secrets and
 * configs: what a release must hold copies of. What is not there is left out, as Compose makes an empty directory of it.
 */
export function mountedFiles({ model, services }: Pick<ResolvedProject, "model" | "services">): readonly BundleFile[] {
  const jobs = services.filter(({ role, active }) => role === "job" && active);
  const sources = [...slotServices(services), ...jobs].flatMap(({ name }) => {
    const { volumes = [], secrets = [], configs = [] } = model.services[name] ?? {};
    return [
      ...volumes.filter(({ type, read_only }) => type === "bind" && read_only === true).map(({ source }) => source),
      ...secrets.map(({ source }) => model.secrets?.[source]?.file),
      ...configs.map(({ source }) => model.configs?.[source]?.file),
    ];
  });
  return [...new Set(sources)].flatMap((written) => {
    const name = written === undefined ? undefined : bundleName(model, written);
    const source = unescapeDollars(written ?? "");
    return name !== undefined && existsSync(source) ? [{ source, name }] : [];
  });
}
