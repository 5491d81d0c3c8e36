import { type ChannelConfig, createRedactor, SluiceError, type Tellable } from "@sluice/core";
import { post } from "../deliver/post.ts";
import type { Message } from "../message/message.ts";
import type { Notification } from "../message/notification.ts";
import { type Attempt, delivered, type HttpRequest, judgeAnswer } from "./answer.ts";
import { dingtalkRequest, judgeDingtalk } from "./dingtalk.ts";
import { type EmailSettings, emailMessage, sendEmail } from "./email.ts";
import { feishuRequest, judgeFeishu } from "./feishu.ts";
import { slackRequest } from "./slack.ts";
import { judgeTeams, teamsRequest } from "./teams.ts";
import { webhookRequest } from "./webhook.ts";
import { judgeWecom, wecomRequest } from "./wecom.ts";

/** What is to be told, and the moment of this attempt, which signatures hold. */
export interface Content {
  readonly notification: Notification;
  readonly message: Message;
  readonly at: Date;
  /** Of several recipients those that have got it already. */
  readonly reached: readonly string[];
}

/** One place where people are told. */
export interface Channel {
  readonly name: string;
  /** Where it leads, for people: the host alone, as the rest of such an address is a secret. */
  readonly place: string;
  readonly on: readonly Tellable[];
  /** The receiver knows a second copy by its id, so that an attempt of unknown fate may be made again. */
  readonly isRepeatable: boolean;
  /** The receiver may have it long before it says so: an attempt may take all the time there is. Default `false`. */
  readonly isSlow?: boolean | undefined;
  /** One attempt. Never throws. */
  send(content: Content, signal: AbortSignal): Promise<Attempt>;
}

/**
 * The channel of a configuration whose references are resolved.
 *
 * @throws SluiceError CONFIG_INVALID when its address is none; the address is not named
 */
export function createChannel(name: string, config: ChannelConfig): Channel {
  const { on, webhook, slack, teams, feishu, dingtalk, wecom, email } = config;
  const web = (url: string, build: Build, { judge = () => delivered, secret, isRepeatable = false }: WebOptions = {}) =>
    webChannel({ name, on, url, build, judge, secret, isRepeatable });
  if (webhook) {
    const { url, secret } = webhook;
    const build: Build = ({ notification, at }) => webhookRequest(webhook, notification, at);
    return web(url, build, { secret, isRepeatable: true });
  }
  if (slack) return web(slack.url, ({ message }) => slackRequest(slack.url, message));
  if (teams) return web(teams.url, ({ message }) => teamsRequest(teams.url, message), { judge: judgeTeams });
  if (feishu) {
    const { url, secret } = feishu;
    return web(url, ({ message, at }) => feishuRequest(feishu, message, at), { secret, judge: judgeFeishu });
  }
  if (dingtalk) {
    const { url, secret } = dingtalk;
    return web(url, ({ message, at }) => dingtalkRequest(dingtalk, message, at), { secret, judge: judgeDingtalk });
  }
  if (wecom) return web(wecom.url, ({ message }) => wecomRequest(wecom.url, message), { judge: judgeWecom });
  if (email) return mailChannel(name, on, email);
  throw new SluiceError("CONFIG_INVALID", `notify.channels.${name} has no kind`);
}

function mailChannel(name: string, on: readonly Tellable[], email: EmailSettings): Channel {
  const send: Send = ({ notification, message, reached }, signal) =>
    sendEmail(email, emailMessage(email, message, notification.id), reached, signal);
  // Few readers know a copy by its `Message-ID`, and a server may look through a mail before it says that it has it.
  return { name, on, place: email.host, isRepeatable: false, isSlow: true, send: masked([email.password], send) };
}

function webChannel(
  options: { readonly name: string; readonly on: readonly Tellable[]; readonly url: string } & Web,
): Channel {
  const { name, on, url, build, judge, secret, isRepeatable } = options;
  const place = hostOf(name, url);
  const send: Send = (content, signal) => sendHttp(build(content), content.at, judge, signal);
  return { name, on, place, isRepeatable, send: masked([...secretsOf(url), secret], send) };
}

/** A channel that cannot be used now; what it should have told waits. */
export function unavailableChannel(name: string, on: readonly Tellable[], reason: string): Channel {
  return { name, on, place: "-", isRepeatable: false, send: async () => ({ result: "refused", reason }) };
}

type Build = (content: Content) => HttpRequest;
/** The verdict on the body of an answer that is 2xx. */
type Judge = (body: string) => Attempt;

interface Web {
  readonly build: Build;
  readonly judge: Judge;
  readonly secret: string | undefined;
  readonly isRepeatable: boolean;
}
type WebOptions = Partial<Omit<Web, "build">>;

type Send = Channel["send"];

async function sendHttp(request: HttpRequest, at: Date, judge: Judge, signal: AbortSignal): Promise<Attempt> {
  const posted = await post(request, signal);
  if ("answer" in posted) return judgeAnswer(posted.answer, at, judge);
  return { result: posted.sent ? "uncertain" : "retry", reason: posted.failure };
}

/** Reasons hold what servers answer, and some answer with what they were asked. */
function masked(secrets: readonly (string | undefined)[], send: Send): Send {
  const redact = createRedactor(secrets.filter((secret) => secret !== undefined));
  return async (content, signal) => {
    const attempt = await send(content, signal);
    return attempt.result === "delivered" ? attempt : { ...attempt, reason: redact(attempt.reason) };
  };
}

/** The address, its login as a header has it too, and the parts of it that are long enough to be a token. */
function secretsOf(url: string): readonly string[] {
  const { pathname, searchParams, username, password } = new URL(url);
  const [user, word] = [unescaped(username), unescaped(password)];
  const login = user === "" && word === "" ? [] : [word, `${user}:${word}`];
  const parts = [...pathname.split("/"), ...searchParams.values(), user, password];
  return [url, ...login, ...parts.filter((part) => part.length >= shortestToken)];
}

/** A stray `%` is no escape. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const shortestToken = 8;

function hostOf(name: string, url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol === "https:" || address?.protocol === "http:") return address.host;
  throw new SluiceError("CONFIG_INVALID", `the address of notify.channels.${name} is not an http or https address`, {
    hint: "see the variable that holds it",
  });
}
