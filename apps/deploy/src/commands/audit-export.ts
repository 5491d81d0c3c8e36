import { resolve } from "node:path";
import type { CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { withDeployer } from "../with-deployer.ts";
import { isStandardOutput, writeWhole } from "../write-whole.ts";

interface ExportFlags {
  readonly format?: "jsonl" | "csv";
  readonly output?: string;
}

/** `sluice audit export`: the whole record, for other programs; each line of JSON is a record with its hash. */
export async function auditExport(call: CommandCall<ExportFlags>): Promise<number> {
  const { context, flags } = call;
  const { format = "jsonl", output = "-" } = flags;
  return withDeployer(call, async (deployer) => {
    const records = [];
    for await (const record of deployer.records()) records.push(record);
    const text =
      format === "csv"
        ? (await import("../render/audit-csv.ts")).auditCsv(records)
        : records.map((record) => `${JSON.stringify(record)}\n`).join("");
    if (isStandardOutput(output)) {
      context.stdout.write(text);
      return 0;
    }
    const path = resolve(context.cwd, output);
    await writeWhole(path, (stream) => void stream.write(text));
    if (flags.json) writeJson(context, { file: path, records: records.length });
    else context.stdout.write(`${path} is written: ${records.length} records\n`);
    return 0;
  });
}
