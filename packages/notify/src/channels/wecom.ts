import type { Message } from "../message/message.ts";
import { limitBytes, withoutMarkdown } from "../message/text.ts";
import { type Attempt, type HttpRequest, jsonRequest, judgeCode } from "./answer.ts";

/** Bytes of UTF-8 that the content of a Markdown message may have. */
const mostBytes = 4_096;

/**
 * A Markdown message for a group robot of WeCom. The link comes early: what is too long is cut off at the end.
 * https://developer.work.weixin.qq.com/document/path/91770
 */
export function wecomRequest(url: string, { title, facts, link }: Message): HttpRequest {
  const lines = [
    `**${withoutMarkdown(title)}**`,
    ...(link ? [`[Read more](${link})`] : []),
    ...facts.map(({ label, value }) => `> ${label}: ${withoutMarkdown(value)}`),
  ];
  return jsonRequest(url, { msgtype: "markdown", markdown: { content: limitBytes(lines.join("\n"), mostBytes) } });
}

/** Busy; and more than 20 messages in a minute. */
const waits = { [-1]: 1_000, 45_009: 60_000 };

/** What an answer means, which has status 200 whatever it says: an `errcode` of 0 is delivered. Pure. */
export function judgeWecom(body: string): Attempt {
  return judgeCode(body, ["errcode"], waits);
}
