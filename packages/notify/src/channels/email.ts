import { createHash } from "node:crypto";
import type { Message } from "../message/message.ts";
import { escapeHtml } from "../message/text.ts";
import { type Attempt, delivered } from "./answer.ts";

export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for the same ending: a second copy of a message is known as one. https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4 */
  readonly messageId: string;
  /** Nobody's out-of-office note is wanted. https://www.rfc-editor.org/rfc/rfc3834#section-5 */
  readonly headers: Readonly<Record<string, string>>;
}

/** A message as mail, in plain text and in HTML. Pure. */
export function emailMessage({ from, to }: EmailSettings, { title, facts, link }: Message, id: string): Mail {
  const domain = /@(?<domain>[A-Za-z0-9.-]+)>?\s*$/.exec(from)?.groups?.["domain"] ?? "sluice.invalid";
  const rows = facts.map(
    ({ label, value }) => `<tr><th align="left" valign="top">${label}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return {
    from,
    to,
    subject: title,
    text: [title, "", ...facts.map(({ label, value }) => `${label}: ${value}`), ...(link ? ["", link] : []), ""].join(
      "\n",
    ),
    html: [
      `<h3>${escapeHtml(title)}</h3>`,
      `<table cellpadding="4">${rows.join("")}</table>`,
      ...(link ? [`<p><a href="${escapeHtml(link)}">Read more</a></p>`] : []),
    ].join("\n"),
    messageId: `<${createHash("sha256").update(id).digest("hex").slice(0, 32)}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** A server that answers at all takes a connection in less, milliseconds. */
const connectMs = 5_000;

/**
 * Hands a mail to its server. The library is loaded with the first one. Before the server has asked for the text nothing can
 * have arrived; from then on an answer that does not come leaves its fate unknown.
 *
 * @param reached recipients that have it already: they do not get it again
 */
export async function sendEmail(
  settings: EmailSettings,
  mail: Mail,
  reached: readonly string[],
  signal: AbortSignal,
): Promise<Attempt> {
  const to = mail.to.filter((one) => !reached.includes(one));
  // Nobody is left: who could not be reached was taken out of the configuration.
  if (to.length === 0) return delivered;
  const { createTransport } = await import("nodemailer");
  const { host, port, tls, user, password } = settings;
  const transport = createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    connectionTimeout: connectMs,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user && password ? { auth: { user, pass: password } } : {}),
  });
  let hasBegun = false;
  transport.use("stream", ({ message }, done) => {
    // Its connection begins to read the text when the server has asked for it.
    message.processFunc((text) => text.once("resume", () => (hasBegun = true)));
    done();
  });
  try {
    const { accepted, rejectedErrors = [] } = await transport.sendMail({
      ...mail,
      to: [...mail.to],
      envelope: { from: mail.from, to },
      headers: { ...mail.headers },
      signal,
    });
    return judgeRefused(
      rejectedErrors,
      to.filter((one) => accepted.some((address) => isSame(address, one))),
    );
  } catch (error) {
    return judgeMailError(error as MailError, hasBegun);
  } finally {
    transport.close();
  }
}

interface MailError {
  readonly code?: string | undefined;
  /** The SMTP command that failed. */
  readonly command?: string | undefined;
  /** Of the server: 4xx may succeed later, 5xx will not. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 */
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  /** Address of the one that it is about. */
  readonly recipient?: string | undefined;
}

/** Recipients that the server refused while it took the mail for others. One that it may take later is worth another attempt. */
function judgeRefused(refused: readonly MailError[], reached: readonly string[]): Attempt {
  if (refused.length === 0) return delivered;
  const reason = refused.map((error) => `${answerOf(error)} for ${error.recipient ?? "somebody"}`).join(", ");
  const isPassing = refused.some(({ responseCode = 0 }) => responseCode < 500);
  return { result: isPassing ? "retry" : "refused", reason, reached };
}

/** An address is bare, and the one of `Ada <ada@Example.com>` in the case that the library gives to domains. */
function isSame(address: string, recipient: string): boolean {
  const bare = /<(?<address>[^<>]+)>\s*$/.exec(recipient)?.groups?.["address"] ?? recipient;
  return bare.trim().toLowerCase() === address.toLowerCase();
}

function answerOf({ response, responseCode }: MailError): string {
  return `answers ${(response ?? String(responseCode)).replaceAll(/\s+/g, " ").slice(0, 200)}`;
}

/** What a failed hand-over means; text of the server is kept short. */
export function judgeMailError({ code = "unknown", command, ...answer }: MailError, hasBegun: boolean): Attempt {
  if (answer.responseCode !== undefined) {
    return { result: answer.responseCode >= 500 ? "refused" : "retry", reason: answerOf(answer) };
  }
  const isRefused = code === "EAUTH" || code === "ETLS" || code === "ENOAUTH" || code === "EENVELOPE";
  if (isRefused) return { result: "refused", reason: `${code} at ${command ?? "connecting"}` };
  const result = hasBegun ? "uncertain" : "retry";
  if (code === "EABORT") return { result, reason: "no answer in time" };
  const what = hasBegun ? "the connection broke before it said that it has the mail" : "cannot be reached";
  return { result, reason: `${what} (${code})` };
}
