import { createHmac } from "node:crypto";
import type { Message } from "../message/message.ts";
import { type Attempt, type HttpRequest, jsonRequest, judgeCode } from "./answer.ts";

const colors = { good: "green", bad: "red", attention: "orange" } as const;

/**
 * A card for a custom bot of Feishu or Lark. All text is `plain_text`, so that nothing has to be escaped and nobody can
 * be mentioned by it. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 *
 * @param at the moment of the attempt; signatures are good for an hour
 */
export function feishuRequest(
  { url, secret }: { readonly url: string; readonly secret?: string | undefined },
  { tone, title, facts, link }: Message,
  at: Date,
): HttpRequest {
  const plain = (content: string) => ({ tag: "plain_text", content });
  const card = {
    config: { wide_screen_mode: true },
    header: { title: plain(title), template: colors[tone] },
    elements: [
      ...facts.map(({ label, value }) => ({ tag: "div", text: plain(`${label}: ${value}`) })),
      ...(link
        ? [{ tag: "action", actions: [{ tag: "button", text: plain("Read more"), type: "primary", url: link }] }]
        : []),
    ],
  };
  return jsonRequest(url, { ...(secret ? signature(secret, at) : {}), msg_type: "interactive", card });
}

/** The text to sign is the key, and nothing is signed with it: that is how the service has it. Time in seconds. */
function signature(secret: string, at: Date): { readonly timestamp: string; readonly sign: string } {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).digest("base64") };
}

/** Too many messages; the limits are 100 a minute and 5 a second. */
const waits = { 9_499: 5_000, 11_232: 5_000 };

/** What an answer means: `code` of newer robots or `StatusCode` of older ones, 0 for delivered. Pure. */
export function judgeFeishu(body: string): Attempt {
  return judgeCode(body, ["code", "StatusCode"], waits);
}
