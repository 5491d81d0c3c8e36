import type { Finding } from "../../model/finding.ts";
import type { OutsideProxy } from "../../model/stack.ts";
import type { DeploymentPlan } from "../steps/step.ts";

/** Services that are answered from another address once their door is there, or is made anew; or once that is undone. Pure. */
export function readdressed({ steps }: Pick<DeploymentPlan, "steps">): readonly string[] {
  const names = steps.flatMap((step) => {
    if (step.kind === "adopt") return step.services;
    return step.kind === "door" && (step.replaces || step.cutsOver === true) ? [step.service] : [];
  });
  return [...new Set(names)];
}

/** Proxies of others, which Sluice tells nothing, that may lead to the addresses of before, each network once. Pure. */
export function outsideFindings(names: readonly string[], proxies: readonly OutsideProxy[]): readonly Finding[] {
  const networks = [...new Set(proxies.map(({ network }) => network))];
  return networks.map((network) => {
    const found = proxies.filter((proxy) => proxy.network === network);
    const titles = found.map(({ container, program }) => `${container} (${program})`);
    const which = names.length === 1 ? `${names[0]} gets another address` : `${names.join(", ")} get other addresses`;
    return {
      severity: "warn",
      code: "proxy-outside",
      message: `${which}, and ${titles.join(", ")} of others on network ${network} may have asked for the one of before once and for all: users who come in there would be cut off`,
      hint: `where one leads to it, as soon as it answers there: ${found.map(({ renew }) => renew).join("; ")}`,
    };
  });
}
