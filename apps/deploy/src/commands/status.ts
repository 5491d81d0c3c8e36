import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { createPaint } from "../render/paint.ts";
import { statusText } from "../render/status-text.ts";
import { withDeployer } from "../with-deployer.ts";

const watchIntervalMs = 2_000;
const clearScreen = "\u001B[H\u001B[2J";

/** `sluice status`: what serves, and what a person should know. */
export async function status(call: CommandCall<{ readonly watch?: boolean }>): Promise<number> {
  const { context, flags } = call;
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const paint = createPaint(context);
  return withDeployer(call, async (deployer) => {
    for (;;) {
      const view = await deployer.status(signal);
      if (flags.json) writeJson(context, view);
      else {
        if (flags.watch && context.stdout.isTTY) context.stdout.write(clearScreen);
        context.stdout.write(statusText(view, context.now(), paint));
      }
      if (!flags.watch || signal.aborted) return 0;
      await context.sleep(watchIntervalMs, signal);
    }
  });
}
