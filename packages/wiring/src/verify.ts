import { liveSlot, releaseChecks, SluiceError, type Verdict } from "@sluice/core";
import type { Session } from "./session.ts";

/** The checks of the release that serves, through the doors as users come. @throws SluiceError STATE_UNCLEAR where nothing serves */
export async function verifyLive(session: Session, signal?: AbortSignal): Promise<readonly Verdict[]> {
  const [ports, project, config] = await Promise.all([session.ports(), session.project(signal), session.config()]);
  const observed = await ports.observer.observe(project, signal);
  const live = liveSlot(observed);
  if (!live) {
    throw new SluiceError("STATE_UNCLEAR", `nothing of ${observed.stack} serves`, {
      hint: "sluice status shows what is there",
    });
  }
  const containers: Record<string, string[]> = {};
  for (const { service, id } of observed.slots[live.slot].containers) (containers[service] ??= []).push(id);
  const doors = Object.fromEntries(
    project.services.flatMap(({ name, port, ports: published, protocol }) => {
      const container = observed.doors[name]?.containerId;
      const listen = port ?? published[0]?.target;
      return container && listen && protocol === "http"
        ? [[name, { container, port: listen, previewSecret: null }]]
        : [];
    }),
  );
  const checks = releaseChecks(config, project.services);
  return Promise.all(checks.map((check) => ports.prober.probe(check, { slot: live.slot, containers, doors }, signal)));
}
