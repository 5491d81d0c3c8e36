import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toMessage } from "../message/message.ts";
import { aNotification } from "../testing/a-notification.ts";
import type { HttpRequest } from "./answer.ts";
import { dingtalkRequest } from "./dingtalk.ts";
import { emailMessage } from "./email.ts";
import { feishuRequest } from "./feishu.ts";
import { slackRequest } from "./slack.ts";
import { teamsRequest } from "./teams.ts";
import { webhookRequest } from "./webhook.ts";
import { wecomRequest } from "./wecom.ts";

const at = new Date("2026-05-01T10:00:05.678Z");
const url = "https://example.com/hook?key=k";
const hostile = '<!channel> *bold* [x](https://evil) <a href="x"> & `code` @all 中文';
const short = aNotification({ steps: [], reason: "release v2" });
const message = toMessage(short);
const bodyOf = (request: HttpRequest) => JSON.parse(request.body) as unknown;

describe("webhook", () => {
  it("is signed over id, time and body, as Standard Webhooks has it", () => {
    const key = Buffer.from("a key of some bytes");
    const secret = `whsec_${key.toString("base64")}`;
    const { headers, body } = webhookRequest({ url, secret }, short, at);
    expect(JSON.parse(body)).toEqual({ v: 1, type: "deployment.ended", timestamp: short.at, data: short });
    const begun = webhookRequest(
      { url: "https://x.example", secret: "s" },
      { ...short, outcome: "begun" },
      new Date(0),
    );
    expect(JSON.parse(begun.body)).toMatchObject({ type: "deployment.begun" });
    expect(headers).toMatchObject({ "webhook-id": "d1.live", "webhook-timestamp": "1777629605" });
    const expected = createHmac("sha256", key).update(`d1.live.1777629605.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
  });

  it.each([
    ["checks-failed", "alarm.raised"],
    ["backup-mended", "alarm.ended"],
  ] as const)("says %s as %s", (outcome, type) => {
    const { body } = webhookRequest({ url, secret: "plain" }, { ...short, outcome }, at);
    expect(JSON.parse(body)).toMatchObject({ type, data: { outcome } });
  });

  it("agrees with the example of the specification's libraries", () => {
    // The vector that the reference libraries test themselves with.
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const signed = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
      .update('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}')
      .digest("base64");
    expect(signed).toBe("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("takes a secret that is plain text", () => {
    const { headers, body } = webhookRequest({ url, secret: "plain" }, short, at);
    const expected = createHmac("sha256", "plain").update(`d1.live.1777629605.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
  });
});

describe("Slack", () => {
  it("gets blocks, and a text for what cannot show them", () => {
    expect(bodyOf(slackRequest(url, message))).toEqual({
      text: "✅ shop: v2 is live",
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: "*✅ shop: v2 is live*" } },
        {
          type: "section",
          fields: [
            { type: "mrkdwn", text: "*Serving*\nv2 (green, 100 %)" },
            { type: "mrkdwn", text: "*By*\nada" },
            { type: "mrkdwn", text: "*Reason*\nrelease v2" },
            { type: "mrkdwn", text: "*Took*\n1m20s" },
          ],
        },
        {
          type: "context",
          elements: [{ type: "mrkdwn", text: "<https://github.com/o/r/actions/runs/1|Read more>" }],
        },
      ],
    });
  });

  it("is not made to mention everybody", () => {
    const { body } = slackRequest(url, toMessage(aNotification({ reason: hostile })));
    expect(body).toContain("&lt;!channel&gt;");
    expect(body).not.toContain("<!channel>");
  });
});

describe("Teams", () => {
  it("gets one Adaptive Card whose texts know no Markdown", () => {
    const { attachments, type } = bodyOf(teamsRequest(url, toMessage(aNotification({ reason: hostile })))) as {
      type: string;
      attachments: { contentType: string; content: { type: string; body: { type: string; inlines: object[] }[] } }[];
    };
    expect([type, attachments.length]).toEqual(["message", 1]);
    expect(attachments[0]?.contentType).toBe("application/vnd.microsoft.card.adaptive");
    const { body } = attachments[0]?.content ?? { body: [] };
    expect(new Set(body.map((block) => block.type))).toEqual(new Set(["RichTextBlock"]));
    expect(body[0]?.inlines).toEqual([
      { type: "TextRun", text: "✅ shop: v2 is live", size: "large", weight: "bolder", color: "good" },
    ]);
    expect(body[3]?.inlines).toEqual([
      { type: "TextRun", text: "Reason: ", weight: "bolder" },
      { type: "TextRun", text: hostile },
    ]);
  });
});

describe("Feishu", () => {
  it("gets a card of plain text, signed with an empty text under time and secret", () => {
    const { timestamp, sign, ...body } = bodyOf(feishuRequest({ url, secret: "s3cret" }, message, at)) as Record<
      string,
      unknown
    >;
    expect(timestamp).toBe("1777629605");
    expect(sign).toBe(createHmac("sha256", "1777629605\ns3cret").update("").digest("base64"));
    expect(body).toMatchObject({
      msg_type: "interactive",
      card: { header: { title: { tag: "plain_text", content: "✅ shop: v2 is live" }, template: "green" } },
    });
    expect(JSON.stringify(body)).not.toContain("lark_md");
  });

  it("is not signed without a secret", () => {
    expect(bodyOf(feishuRequest({ url }, message, at))).not.toHaveProperty("sign");
  });
});

describe("DingTalk", () => {
  it("is signed in its address, with the secret over time and secret", () => {
    const request = dingtalkRequest(
      { url: "https://example.com/robot/send?access_token=t", secret: "SEC1" },
      message,
      at,
    );
    const query = new URL(request.url).searchParams;
    expect(query.get("access_token")).toBe("t");
    expect(query.get("timestamp")).toBe("1777629605678");
    expect(query.get("sign")).toBe(createHmac("sha256", "SEC1").update("1777629605678\nSEC1").digest("base64"));
    // A plus sign that is not encoded would arrive as a space.
    expect(new URL(request.url).search).not.toMatch(/sign=[^&]*[+/]/);
    expect(bodyOf(request)).toEqual({
      msgtype: "markdown",
      markdown: {
        title: "✅ shop: v2 is live",
        text: [
          "### ✅ shop: v2 is live",
          "- **Serving**: v2 （green, 100 %）",
          "- **By**: ada",
          "- **Reason**: release v2",
          "- **Took**: 1m20s",
          "[Read more](https://github.com/o/r/actions/runs/1)",
        ].join("\n\n"),
      },
    });
  });

  it("keeps its address where there is no secret", () => {
    expect(dingtalkRequest({ url }, message, at).url).toBe(url);
  });
});

describe("WeCom", () => {
  it("gets Markdown of at most 4096 bytes, with the link inside", () => {
    const long = "中".repeat(2_000);
    const notification = aNotification({ reason: long, cause: long, next: long, actor: long, outcome: "failed" });
    const { markdown } = bodyOf(wecomRequest(url, toMessage(notification))) as { markdown: { content: string } };
    expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4_096);
    expect(markdown.content).toContain("[Read more](https://github.com/o/r/actions/runs/1)");
  });

  it("does not mention anybody", () => {
    const { body } = wecomRequest(url, toMessage(aNotification({ reason: '<@all> <font color="warning">' })));
    expect(body).not.toMatch(/[<]/);
  });
});

describe("mail", () => {
  const settings = { host: "mx", port: 25, tls: "none", from: "Sluice <deploy@example.com>", to: ["a@x"] } as const;

  it("is text and HTML, with an id that is the same for the same ending", () => {
    const mail = emailMessage(settings, message, short.id);
    expect(mail.subject).toBe("✅ shop: v2 is live");
    expect(mail.text).toBe(
      "✅ shop: v2 is live\n\nServing: v2 (green, 100 %)\nBy: ada\nReason: release v2\nTook: 1m20s\n\nhttps://github.com/o/r/actions/runs/1\n",
    );
    expect(mail.messageId).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(emailMessage(settings, toMessage(aNotification()), short.id).messageId).toBe(mail.messageId);
    expect(emailMessage(settings, message, "other").messageId).not.toBe(mail.messageId);
  });

  it("has no markup of others in its HTML", () => {
    const { html } = emailMessage(settings, toMessage(aNotification({ reason: hostile })), "d1");
    expect(html).toContain("&lt;a href=&quot;x&quot;&gt; &amp;");
    expect(html).not.toContain("<!channel>");
  });
});
