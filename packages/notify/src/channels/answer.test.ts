import { describe, expect, it } from "vitest";
import { judgeAnswer, retryAfterMs } from "./answer.ts";
import { judgeDingtalk } from "./dingtalk.ts";
import { judgeMailError } from "./email.ts";
import { judgeFeishu } from "./feishu.ts";
import { judgeTeams } from "./teams.ts";
import { judgeWecom } from "./wecom.ts";

const at = new Date("2026-05-01T10:00:00Z");
const judge = (status: number, retryAfter?: string) => judgeAnswer({ status, retryAfter, body: "words\nof it" }, at);

describe("an answer", () => {
  it.each([
    [200, "delivered"],
    [204, "delivered"],
    [302, "refused"],
    [400, "refused"],
    [404, "refused"],
    [408, "retry"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("%d is %s", (status, result) => {
    expect(judge(status).result).toBe(result);
  });

  it("says what was said, on one line, and not all of it", () => {
    expect(judge(404)).toEqual({ result: "refused", reason: "answers 404: words of it" });
    const { reason } = judgeAnswer({ status: 404, body: "x".repeat(5_000) }, at) as { reason: string };
    expect(reason.length).toBeLessThan(250);
  });

  it.each([
    ["120", 120_000],
    ["Fri, 01 May 2026 10:00:30 GMT", 30_000],
    ["Fri, 01 May 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    [undefined, undefined],
  ])("Retry-After %s is %s ms", (value, ms) => {
    expect(retryAfterMs(value, at)).toBe(ms);
  });
});

describe("answers that are always 200", () => {
  it.each([
    ["Feishu", judgeFeishu, '{"code":0,"msg":"success"}', '{"code":19021,"msg":"sign match fail"}', '{"code":11232}'],
    ["older Feishu", judgeFeishu, '{"StatusCode":0}', '{"code":19024,"msg":"Key Words Not Found"}', '{"code":9499}'],
    ["DingTalk", judgeDingtalk, '{"errcode":0,"errmsg":"ok"}', '{"errcode":310000}', '{"errcode":130101}'],
    ["WeCom", judgeWecom, '{"errcode":0,"errmsg":"ok"}', '{"errcode":93000}', '{"errcode":45009}'],
    ["Teams", judgeTeams, "1", "failed with error: … returned HTTP error 403", "… returned HTTP error 429 with …"],
  ])("%s", (_name, judgeBody, good, refused, busy) => {
    expect(judgeBody(good).result).toBe("delivered");
    expect(judgeBody(refused).result).toBe("refused");
    expect(judgeBody(busy).result).toBe("retry");
  });

  it.each([judgeFeishu, judgeDingtalk, judgeWecom])("a page of somebody else is no delivery", (judgeBody) => {
    expect(judgeBody("<html>sign in</html>").result).toBe("refused");
    expect(judgeBody("null").result).toBe("refused");
    expect(judgeBody("").result).toBe("refused");
  });
});

describe("a mail server", () => {
  it.each([
    [{ code: "EMESSAGE", responseCode: 451, response: "451 try later" }, "retry"],
    [{ code: "EENVELOPE", responseCode: 550, response: "550 no such user" }, "refused"],
    [{ code: "EAUTH", responseCode: 535, response: "535 no" }, "refused"],
    [{ code: "ETLS", command: "STARTTLS" }, "refused"],
    [{ code: "ESOCKET", command: "CONN" }, "retry"],
    [{ code: "EDNS" }, "retry"],
    [{ code: "ECONNECTION", command: "RCPT TO" }, "retry"],
    [{ code: "EABORT" }, "retry"],
  ])("%j is %s before it has asked for the mail", (error, result) => {
    expect(judgeMailError(error, false).result).toBe(result);
  });

  it.each([
    [{ code: "EMESSAGE", responseCode: 451, response: "451 try later" }, "retry"],
    [{ code: "EMESSAGE", responseCode: 554, response: "554 spam" }, "refused"],
    // The library names this command wherever a connection breaks.
    [{ code: "ESOCKET", command: "CONN" }, "uncertain"],
    [{ code: "EABORT" }, "uncertain"],
  ])("%j is %s after it", (error, result) => {
    expect(judgeMailError(error, true).result).toBe(result);
  });
});
