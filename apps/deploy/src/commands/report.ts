import { resolve } from "node:path";
import type { ReportData } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";
import { isStandardOutput, writeWhole } from "../write-whole.ts";

type Format = "html" | "markdown" | "json";

interface ReportFlags {
  readonly format?: Format;
  readonly output?: string;
}

/** `sluice report [ID]`: what a deployment did, as a page in a file, or in short on the standard output. */
export async function report(call: CommandCall<ReportFlags>): Promise<number> {
  const { context, flags, args } = call;
  return withDeployer(call, async (deployer) => {
    const data = await deployer.report(args[0], context.signal);
    const format = flags.format ?? (flags.json ? "json" : "html");
    const target = flags.output ?? (format === "html" ? `sluice-report-${data.deployment}.html` : "-");
    const text = await render(data, format);
    if (isStandardOutput(target)) {
      context.stdout.write(text);
      return 0;
    }
    const path = resolve(context.cwd, target);
    await writeWhole(path, (stream) => void stream.write(text));
    if (flags.json) writeJson(context, { file: path });
    else context.stdout.write(`${path} is written\n`);
    return 0;
  });
}

async function render(data: ReportData, format: Format): Promise<string> {
  if (format === "json") return `${JSON.stringify({ v: 1, ...data })}\n`;
  const { renderHtml, renderMarkdown } = await import("../wiring.ts");
  return format === "html" ? renderHtml(data) : renderMarkdown(data);
}
