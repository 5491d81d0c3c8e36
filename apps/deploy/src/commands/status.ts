import type { Deployer, StackStatus } from "@sluice/wiring";
import type { CommandCall, CommandContext } from "../context.ts";
import { givenFlags } from "../given-flags.ts";
import { whileRead } from "../output-failure.ts";
import { canDrawAgain } from "../render/can-draw-again.ts";
import { writeJson } from "../render/json.ts";
import { createPaint } from "../render/paint.ts";
import { statusText } from "../render/status-text.ts";
import { withDeployer } from "../with-deployer.ts";

/** What no deployment tells of, as a container that dies, is looked for this often. */
const idleMs = 2_000;
/** A deployment tells much at once; a look at the engine takes some time of it. */
const leastMs = 200;
const clearScreen = "\u001B[H\u001B[2J";

/** `sluice status`: what serves, and what a person should know. With `--watch --json` a line for each change. */
export async function status(call: CommandCall<{ readonly watch?: boolean }>): Promise<number> {
  const { context, flags } = call;
  const paint = createPaint(context);
  let shown = "";
  const show = (view: StackStatus) => {
    const text = JSON.stringify(view);
    if (flags.json && text !== shown) writeJson(context, view);
    shown = text;
    if (flags.json) return;
    if (flags.watch && canDrawAgain(context.stdout, context.env)) context.stdout.write(clearScreen);
    context.stdout.write(statusText(view, context.now(), paint, givenFlags(flags)));
  };
  return whileRead(context, (signal) =>
    withDeployer(call, async (deployer) => {
      for (;;) {
        show(await deployer.status(signal));
        if (!flags.watch) return 0;
        signal.throwIfAborted();
        await untilNews(deployer, context, signal);
      }
    }),
  );
}

/** Until a deployment that runs, in whatever process, tells something; at most for a while. */
async function untilNews(deployer: Deployer, context: CommandContext, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const listening = firstOf(deployer.news(either));
  const waiting = context.sleep(idleMs, either);
  try {
    const isTold = await Promise.race([listening.then((isNew) => isNew || waiting.then(() => false)), waiting]);
    if (isTold) await context.sleep(leastMs, signal);
  } finally {
    stop.abort();
    await Promise.allSettled([listening, waiting]);
  }
}

/** Whether there was anything. */
async function firstOf(news: AsyncIterable<void>): Promise<boolean> {
  for await (const _ of news) return true;
  return false;
}
