import { createHmac } from "node:crypto";
import type { Message } from "../message/message.ts";
import { withoutMarkdown } from "../message/text.ts";
import { type Attempt, type HttpRequest, jsonRequest, judgeCode } from "./answer.ts";

/**
 * A Markdown message for a custom robot of DingTalk; its signature is part of the address.
 * https://open.dingtalk.com/document/robots/custom-robot-access
 * https://open.dingtalk.com/document/robots/customize-robot-security-settings
 *
 * @param at the moment of the attempt; signatures are good for an hour
 */
export function dingtalkRequest(
  { url, secret }: { readonly url: string; readonly secret?: string | undefined },
  { title, facts, link }: Message,
  at: Date,
): HttpRequest {
  const lines = [
    `### ${withoutMarkdown(title)}`,
    ...facts.map(({ label, value }) => `- **${label}**: ${withoutMarkdown(value)}`),
    ...(link ? [`[Read more](${link})`] : []),
  ];
  const markdown = { title: withoutMarkdown(title), text: lines.join("\n\n") };
  return jsonRequest(secret ? signed(url, secret, at) : url, { msgtype: "markdown", markdown });
}

/** Unlike Feishu, the secret is the key. Time in milliseconds. */
function signed(url: string, secret: string, at: Date): string {
  const timestamp = String(at.getTime());
  const address = new URL(url);
  address.searchParams.set("timestamp", timestamp);
  address.searchParams.set("sign", createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64"));
  return address.href;
}

/** Busy; and more than 20 messages in a minute, after which the robot is silenced for ten minutes. */
const waits = { [-1]: 1_000, 130_101: 600_000 };

/** What an answer means, which has status 200 whatever it says: an `errcode` of 0 is delivered. Pure. */
export function judgeDingtalk(body: string): Attempt {
  return judgeCode(body, ["errcode"], waits);
}
