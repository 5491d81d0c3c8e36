import type { DeploymentLogs, LogOrigin, Redact } from "@sluice/core";
import type { KeptLogs, LogWriter } from "@sluice/journal";
import type { Session } from "../session.ts";

/**
 * Lines of one container that are read at most, from its newest on: ten containers take few seconds then, however long they have
 * been writing. With 100 bytes a line it is what is kept of one anyway.
 */
const mostLines = 100_000;

type Runtime = Pick<ReturnType<Session["runtime"]>, "followLogs">;

/** Logs of deployments from the engine into the state home, with everything masked that is known to be secret. */
export function createDeploymentLogs(kept: KeptLogs, runtime: Runtime, redact: Redact): DeploymentLogs {
  const writers = new Map<string, LogWriter>();
  const closeAll = () => {
    for (const writer of writers.values()) writer[Symbol.dispose]();
    writers.clear();
  };
  const writerOf = (deployment: string, origin: LogOrigin) => {
    const key = [deployment, origin.place, origin.container].join(" ");
    const writer = writers.get(key) ?? kept.open(deployment, origin);
    writers.set(key, writer);
    return writer;
  };
  return {
    note: (deployment, origin, { stream, text }) => writerOf(deployment, origin).write({ stream, text: redact(text) }),
    async keep(deployment, { id, ...origin }, signal) {
      const lines = runtime.followLogs([id], { tail: mostLines, signal });
      using writer = kept.open(deployment, origin, { anew: true });
      let count = 0;
      for await (const { stream, text } of lines) {
        count += 1;
        writer.write({ stream, text: redact(text) });
      }
      if (signal.aborted) writer.write({ stream: "stderr", text: "[sluice: the rest could not be read in time]" });
      if (count === mostLines) writer.markCut();
    },
    async services(deployment) {
      return [...new Set((await kept.of(deployment)).map(({ origin }) => origin.service))];
    },
    async discard(deployment) {
      closeAll();
      await kept.remove(deployment);
    },
    async prune(mostDeployments) {
      closeAll();
      await kept.prune(mostDeployments);
    },
  };
}
