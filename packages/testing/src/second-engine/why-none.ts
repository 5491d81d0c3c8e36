import { spawnSync } from "node:child_process";

const needed = ["dockerd", "ip", "nsenter", "setpriv", "unshare"];

/** Why there can be no second engine on this machine; `""` where there can. */
export function whyNoSecondEngine(): string {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const missing = needed.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length > 0) return `there is no ${missing.join(", ")}`;
  const { status } = spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "true"], { stdio: "ignore" });
  return status === 0 ? "" : "this machine makes no namespaces";
}
