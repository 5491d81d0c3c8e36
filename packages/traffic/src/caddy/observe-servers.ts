import { isSlot, type Slot, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { doorFiles } from "./door-files.ts";

export interface ObservedServer {
  readonly slot: Slot;
  readonly address: string;
  readonly isReached: boolean;
  /** It is well by its health path, or takes connections where there is none. */
  readonly isHealthy: boolean;
  /** What it answered: a status, or why there was none. */
  readonly answer: string;
}

/** Asks every server what Caddy's checks ask, from where Caddy asks it, and waits so many seconds for an answer. */
export const serversScript = (seconds: number) => `
while read -r slot address port how path name; do
  case $address in *:*) host="[$address]" ;; *) host=$address ;; esac
  {
    case $how in
      connect) if socat -u /dev/null "TCP:$host:$port,connect-timeout=1" 2>/dev/null; then said=connected; else said=refused; fi ;;
      *)
        flag=; [ "$how" != h2 ] || flag=--http2-prior-knowledge
        said=$(curl -s $flag -o /dev/null --connect-timeout 1 -m ${seconds} -A sluice-door -H "Host: \${name:-localhost}" -w '%{http_code}' "http://$host:$port$path") ;;
    esac
    printf 'server %s %s %s\\n' "$slot" "$address" "$said"
  } &
done < ${doorFiles.servers}
wait
`;

const line = /^server (\S+) (\S+) (\S*)$/gm;

export function parseServers(text: string): readonly ObservedServer[] {
  return [...text.matchAll(line)].flatMap(([, slot = "", address = "", answer = ""]) => {
    if (!isSlot(slot)) return [];
    const isHealthy = answer === "connected" || /^[23]/.test(answer);
    return [{ slot, address, answer, isReached: isHealthy || answer.startsWith("4"), isHealthy }];
  });
}

export async function observeServers(link: DoorLink, signal?: AbortSignal): Promise<readonly ObservedServer[]> {
  return parseServers(await link.shell.run(`${serversScript(3)}\n${activeScript}`, signal));
}

/** Requests and connections under way by address, WebSockets and probes included. Fails while Caddy does not run. */
export const activeScript = `
sed 's/^\\([^ ]*\\) \\([^ ]*\\) .*/address \\1 \\2/' ${doorFiles.servers}
curl -sS -m 10 --unix-socket ${doorFiles.adminSocket} http://door/reverse_proxy/upstreams
`;

export function parseActive(text: string, slot: Slot): number {
  const addresses = new Set(
    [...text.matchAll(/^address (\S+) (\S+)$/gm)].flatMap(([, of, address = ""]) => (of === slot ? [address] : [])),
  );
  const found = /^\[.*\]$/m.exec(text);
  if (!found)
    throw new SluiceError("DOOR_FAILED", "a door gave an answer that is none of Caddy's", {
      detail: text.slice(0, 500),
      retryable: true,
    });
  const upstreams = JSON.parse(found[0]) as { address: string; num_requests: number }[];
  return upstreams.reduce((total, { address, num_requests }) => {
    const host = address.slice(0, address.lastIndexOf(":")).replaceAll(/[[\]]/g, "");
    return total + (addresses.has(host) ? num_requests : 0);
  }, 0);
}
