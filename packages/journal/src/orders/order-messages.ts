import { type Order, type OrderReceipt, orderKinds } from "@sluice/core";

/** What somebody who connects wants: to give an order, or to be told what happens. */
export type OrderMessage = Order | "follow";

/** More than any order is long. */
export const longestMessage = 16_384;

/** `null` for anything but one line of ours. */
export function parseMessage(line: string): OrderMessage | null {
  const value = parseObject(line);
  if (!value) return null;
  if (value["follow"] === true) return "follow";
  const { kind, actor, reason } = value;
  const known = orderKinds.find((one) => one === kind);
  if (!known || typeof actor !== "string" || typeof reason !== "string") return null;
  return { kind: known, actor, reason };
}

/** `null` where the other side ended before it answered. */
export function parseReceipt(line: string): OrderReceipt | null {
  const { accepted, message } = parseObject(line) ?? {};
  return typeof accepted === "boolean" && typeof message === "string" ? { accepted, message } : null;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
