import type { Message } from "../message/message.ts";
import { type Attempt, delivered, type HttpRequest, jsonRequest } from "./answer.ts";

const colors = { good: "good", bad: "attention", attention: "warning" } as const;

/**
 * A message with one Adaptive Card, as incoming webhooks and the workflow "when a webhook request is received" take it.
 * All text is in text runs, which know no Markdown, so that nothing has to be escaped.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 * https://adaptivecards.io/explorer/TextRun.html
 */
export function teamsRequest(url: string, { tone, title, facts, link }: Message): HttpRequest {
  const run = (text: string, more: object = {}) => ({ type: "TextRun", text, ...more });
  const line = (...inlines: readonly object[]) => ({ type: "RichTextBlock", inlines });
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      line(run(title, { size: "large", weight: "bolder", color: colors[tone] })),
      ...facts.map(({ label, value }) => line(run(`${label}: `, { weight: "bolder" }), run(value))),
    ],
    ...(link ? { actions: [{ type: "Action.OpenUrl", title: "Read more", url: link }] } : {}),
  };
  return jsonRequest(url, {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  });
}

/**
 * Connectors answer 200 also when the service behind them refused, and say so in the text.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
 */
export function judgeTeams(body: string): Attempt {
  const { status } = /HTTP error (?<status>\d{3})/.exec(body)?.groups ?? {};
  if (status === undefined) return delivered;
  const reason = `answers that Teams said ${status}`;
  return status === "429" || status.startsWith("5") ? { result: "retry", reason } : { result: "refused", reason };
}
