import { isSlot, type RequestSample } from "@sluice/core";
import { slotOfServer } from "./parse-stat.ts";

const linePattern = /^(\d+) (\S+) (-?\d+) (-?\d+) (\S{4}) (\S+) (\S+) (\S+) (.*)$/;

/** Reads one line of the request ring; `null` for a line that is cut or none of ours. */
export function parseSample(line: string): RequestSample | null {
  const found = linePattern.exec(line);
  if (!found) return null;
  const [, at, server = "", status, totalMs, termination = "", bucket = "", preview = "", method = "", path = ""] =
    found;
  const probe = isSlot(preview);
  return {
    at: Number(at),
    slot: slotOfServer(server),
    status: Math.max(Number(status), 0),
    totalMs: Math.max(Number(totalMs), 0),
    method,
    path,
    bucket: /^\d+$/.test(bucket) ? Number(bucket) : -1,
    probe,
    termination,
  };
}
