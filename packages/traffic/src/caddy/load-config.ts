import { doorFiles } from "./door-files.ts";

/** Hands a configuration to the running Caddy, which takes it as a whole or goes on with the one it has. Gives what it answers. */
export function loadScript(config: string, { isForced }: { readonly isForced: boolean }): string {
  return [
    "curl -sS -m 60 -w '\\n%{http_code}\\n' -H 'Content-Type: application/json'",
    ...(isForced ? ["-H 'Cache-Control: must-revalidate'"] : []),
    `--data-binary @${config} --unix-socket ${doorFiles.adminSocket} http://door/load`,
  ].join(" ");
}

/** What was wrong with it; `null` where it was taken. */
export function refusalOf(answer: string): string | null {
  const lines = answer.trim().split("\n");
  return lines.at(-1) === "200" ? null : lines.slice(0, -1).join("\n");
}
