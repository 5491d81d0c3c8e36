import type { Slot } from "@sluice/core";
import type { LiveView, LogLine } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { assertSince } from "../flag-values.ts";
import { whileRead } from "../output-failure.ts";
import { writeJson } from "../render/json.ts";
import { createPaint, type Style } from "../render/paint.ts";
import { shownToRunner } from "../render/workflow-commands.ts";
import { toldStandIn } from "../stand-in.ts";
import { withDeployer } from "../with-deployer.ts";

export interface LogFlags {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
  readonly slot?: Slot;
  readonly errors?: boolean;
  readonly deployment?: string;
}

/** `sluice logs [SERVICE…]`: what the containers write, of the slot that serves unless another is named, or what is kept of a deployment. */
export async function logs(call: CommandCall<LogFlags>): Promise<number> {
  const { context, flags, args } = call;
  const { follow, tail, since, slot, errors, deployment } = flags;
  assertSince(since, context.now());
  const prefix = createPrefix(createPaint(context));
  return whileRead(context, (signal) =>
    withDeployer(call, async (deployer) => {
      // What is kept needs no project.
      const standIn = deployment === undefined ? await toldStandIn(call, deployer, signal) : null;
      if (standIn && flags.json) writeJson(context, { standIn });
      const onMove = (live: LiveView) => {
        if (flags.json) writeJson(context, { live });
        else context.stderr.write(`${live.tag ?? "another release"} serves now (${live.slot}): its lines follow\n`);
      };
      const options = { follow, tail, since, slot, errors, deployment, onMove, signal };
      for await (const line of deployer.logs(args, options)) {
        if (flags.json) writeJson(context, line);
        else context.stdout.write(`${prefix(line)} ${shownToRunner(line.text, context.env)}\n`);
        if (signal.aborted) break;
      }
      // What was cut short does not look whole; that its reader has gone is what `whileRead` is for.
      signal.throwIfAborted();
      return 0;
    }),
  );
}

const styles: readonly Style[] = ["cyan", "yellow", "green", "magenta", "blue"];

/** Name of the container in a colour of its own; as wide as the widest so far. */
function createPrefix(paint: ReturnType<typeof createPaint>): (line: LogLine) => string {
  const known = new Map<string, Style>();
  let width = 0;
  return ({ container }) => {
    const style = known.get(container) ?? styles[known.size % styles.length] ?? "cyan";
    known.set(container, style);
    width = Math.max(width, container.length);
    return paint(style, `${container.padEnd(width)} |`);
  };
}
