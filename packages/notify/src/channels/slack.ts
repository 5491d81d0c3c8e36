import type { Message } from "../message/message.ts";
import { type HttpRequest, jsonRequest } from "./answer.ts";

/** Fields that one section may have. https://docs.slack.dev/reference/block-kit/blocks/section-block */
const mostFields = 10;

/**
 * A message for an incoming webhook: blocks, and a text for what cannot show them.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackRequest(url: string, { title, facts, link }: Message): HttpRequest {
  const fields = facts
    .slice(0, mostFields)
    .map(({ label, value }) => ({ type: "mrkdwn", text: `*${label}*\n${escapeSlack(value)}` }));
  return jsonRequest(url, {
    text: escapeSlack(title),
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `*${escapeSlack(title)}*` } },
      { type: "section", fields },
      ...(link ? [{ type: "context", elements: [{ type: "mrkdwn", text: `<${escapeSlack(link)}|Read more>` }] }] : []),
    ],
  });
}

/** The three signs that begin links, mentions and entities. https://docs.slack.dev/messaging/formatting-message-text */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
