import type { HttpCheck, ProbeDoor, Slot } from "@sluice/core";

const crlf = "\r\n";

/** A request as bytes for a connection of its own. The preview secret is in it, so it goes to standard input, never to argv. */
export function formatRequest(check: HttpCheck, { port, previewSecret }: ProbeDoor, slot: Slot): string {
  const { method, path, headers, body } = check;
  const preview = previewSecret === null ? {} : { "X-Sluice-Preview": previewSecret, "X-Sluice-Slot": slot };
  const lengths = body === undefined ? {} : { "Content-Length": String(new TextEncoder().encode(body).length) };
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const all = {
    Host: given["host"] ?? `localhost:${port}`,
    "User-Agent": "sluice",
    Accept: "*/*",
    ...without(headers, "host"),
    ...preview,
    ...lengths,
    Connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, "", body ?? ""].join(crlf);
}

function without(headers: Readonly<Record<string, string>>, dropped: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== dropped));
}
