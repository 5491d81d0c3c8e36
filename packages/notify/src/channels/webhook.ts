import { createHmac } from "node:crypto";
import type { Notification } from "../message/notification.ts";
import { type HttpRequest, jsonRequest } from "./answer.ts";

/** The payload's version; raised when a field changes its meaning or goes. */
const payloadVersion = 1;

/** Everything else is an ending. */
const types: Readonly<Partial<Record<Notification["outcome"], string>>> = {
  planned: "deployment.planned",
  begun: "deployment.begun",
  "waits-for-person": "deployment.waits",
  "checks-failed": "alarm.raised",
  "backup-failed": "alarm.raised",
  "checks-mended": "alarm.ended",
  "backup-mended": "alarm.ended",
};

/**
 * The notification as JSON, signed as Standard Webhooks has it: `webhook-signature: v1,` and the base64 of HMAC-SHA256
 * over `ID.TIMESTAMP.BODY`. The id is the same at every attempt, so that a receiver can drop what it has already.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param secret `whsec_` and a key in base64, or any text, whose bytes are the key then
 * @param at the moment of the attempt; receivers refuse what is older than some minutes
 */
export function webhookRequest(
  { url, secret }: { readonly url: string; readonly secret: string },
  notification: Notification,
  at: Date,
): HttpRequest {
  const type = types[notification.outcome] ?? "deployment.ended";
  const payload = { v: payloadVersion, type, timestamp: notification.at, data: notification };
  const { headers, ...request } = jsonRequest(url, payload);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac("sha256", keyOf(secret))
    .update(`${notification.id}.${timestamp}.${request.body}`)
    .digest("base64");
  return {
    ...request,
    headers: {
      ...headers,
      "webhook-id": notification.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
  };
}

const keyPrefix = "whsec_";

function keyOf(secret: string): Buffer {
  return secret.startsWith(keyPrefix)
    ? Buffer.from(secret.slice(keyPrefix.length), "base64")
    : Buffer.from(secret, "utf8");
}
