import { isSlot, type RequestSample } from "@sluice/core";

interface Line {
  readonly ts: number;
  readonly duration: number;
  readonly status: number;
  readonly request: { readonly method: string; readonly uri: string };
  readonly slot?: string | null;
  readonly bucket?: string | null;
  readonly probe?: string | null;
  /** Eight hexadecimal digits that stand for who asked, where no bucket was drawn. */
  readonly name?: string | null;
}

/** Reads one line of the request log; `null` for a line that is cut or none of ours. */
export function parseSample(text: string): RequestSample | null {
  const line = parse(text);
  if (!line || typeof line.ts !== "number" || typeof line.request?.method !== "string") return null;
  const { ts, duration, status, request, slot, probe } = line;
  if (!Number.isFinite(duration) || !Number.isFinite(status)) return null;
  return {
    at: Math.round(ts),
    slot: isSlot(slot ?? "") ? (slot as "blue" | "green") : null,
    status,
    totalMs: Math.round(duration),
    method: request.method,
    path: request.uri,
    bucket: bucketOf(line),
    probe: isSlot(probe ?? ""),
    termination: "----",
  };
}

function bucketOf({ bucket, name, probe }: Line): number {
  if (probe) return -1;
  if (bucket && /^\d{1,4}$/.test(bucket)) return Number(bucket);
  return name && /^[0-9a-f]{8}$/.test(name) ? Number.parseInt(name, 16) % 10_000 : -1;
}

function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}
