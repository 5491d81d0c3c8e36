import type { Deployer } from "@sluice/wiring";
import type { CommandCall, WaitFlags } from "../context.ts";
import { parseDurationFlag } from "../flag-values.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { writeJson } from "../render/json.ts";
import { formatTable } from "../render/table.ts";
import { agoText } from "../render/words.ts";
import { withDeployer } from "../with-deployer.ts";

type Entry = Awaited<ReturnType<Deployer["outbox"]>>[number];
type Report = Awaited<ReturnType<Deployer["flushOutbox"]>>[number];

interface FlushFlags extends WaitFlags {
  readonly uncertain?: boolean;
}

const undeliveredExitCode = 20;

/** `sluice outbox list`: what people still have to be told, and why they were not. */
export async function outboxList(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const entries = await deployer.outbox();
    const open = entries.filter(({ state }) => state !== "delivered" && state !== "dropped");
    if (flags.json) writeJson(context, { entries: entries.map(summaryOf) });
    else if (open.length === 0) context.stdout.write("nothing waits\n");
    else context.stdout.write(withFlags(entriesText(open, context.now()), givenFlags(flags)));
    return 0;
  });
}

/** `sluice outbox flush`: tells it now; exit code 20 when somebody still could not be told. */
export async function outboxFlush(call: CommandCall<FlushFlags>): Promise<number> {
  const { context, flags } = call;
  const waitMs = parseDurationFlag("--wait", flags.wait);
  return withDeployer(call, async (deployer) => {
    const reports = await deployer.flushOutbox({ withUncertain: flags.uncertain, waitMs }, context.signal);
    if (flags.json) writeJson(context, { reports });
    else if (reports.length === 0)
      context.stdout.write(`nothing to tell now; see ${withFlags("sluice outbox list", givenFlags(flags))}\n`);
    else context.stdout.write(reports.map(reportText).join(""));
    return reports.every(({ result }) => result === "delivered") ? 0 : undeliveredExitCode;
  });
}

/** `sluice outbox drop CHANNEL`: nobody is told of it by that channel any more. */
export async function outboxDrop(call: CommandCall<WaitFlags>): Promise<number> {
  const { args, context, flags } = call;
  const [channel = ""] = args;
  const waitMs = parseDurationFlag("--wait", flags.wait);
  return withDeployer(call, async (deployer) => {
    const dropped = await deployer.dropUntold(channel, { waitMs }, context.signal);
    if (flags.json) writeJson(context, { dropped: dropped.map(summaryOf) });
    else if (dropped.length === 0) context.stdout.write(`nothing waits for ${channel}\n`);
    else context.stdout.write(dropped.map(({ id }) => `${channel} ${id}: dropped\n`).join(""));
    return 0;
  });
}

function summaryOf({ notification: _text, ...entry }: Entry) {
  return entry;
}

function entriesText(entries: readonly Entry[], now: Date): string {
  const rows = entries.map(({ createdAt, channel, outcome, release, state, attempts, reason, notBefore }) => [
    agoText(createdAt, now),
    channel,
    `${outcome} ${release}`.trim(),
    // What a process that ended was sending may have arrived.
    state === "sending" ? "uncertain" : state,
    String(attempts),
    [reason, notBefore ? `not before ${notBefore}` : undefined].filter((text) => text !== undefined).join("; "),
  ]);
  const table = formatTable(["since", "channel", "what", "state", "tries", "why"], rows);
  const isUncertain = entries.some(({ state }) => state === "uncertain" || state === "sending");
  return `${table}next: sluice outbox flush${isUncertain ? ", with --uncertain for what may have arrived" : ""}\n`;
}

function reportText({ channel, place, id, result, reason }: Report): string {
  return `${channel} (${place}) ${id}: ${result}${reason ? `, ${reason}` : ""}\n`;
}
