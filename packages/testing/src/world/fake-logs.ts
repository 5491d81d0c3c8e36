import { type DeploymentLogs, SluiceError } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** What deployments wrote, in the state of the world. */
export function fakeLogs({ act, state }: FakeContext): DeploymentLogs {
  const of = (deployment: string) => {
    const kept = state.logs.get(deployment) ?? new Map<string, readonly string[]>();
    state.logs.set(deployment, kept);
    return kept;
  };
  return {
    note(deployment, { container, service }, { text }) {
      const key = `${service} ${container}`;
      of(deployment).set(key, [...(of(deployment).get(key) ?? []), text]);
    },
    keep: (deployment, { id, container, service }, signal) =>
      act(`logs.keep ${service}`, signal, () => {
        if (!state.containers.has(id)) throw new SluiceError("ENGINE_FAILED", `container ${id} is gone`);
        of(deployment).set(`${service} ${container}`, [`all words of ${id}`]);
      }),
    has: async (deployment, { container, service }) =>
      state.logs.get(deployment)?.has(`${service} ${container}`) ?? false,
    services: (deployment) =>
      act("logs.services", undefined, () => [
        ...new Set([...(state.logs.get(deployment)?.keys() ?? [])].map((key) => key.split(" ")[0] ?? "")),
      ]),
    discard: (deployment) => act("logs.discard", undefined, () => void state.logs.delete(deployment)),
    prune: (most) =>
      act("logs.prune", undefined, () => {
        const oldest = [...state.logs.keys()].toSorted().slice(0, -most);
        for (const deployment of oldest) state.logs.delete(deployment);
      }),
  };
}
