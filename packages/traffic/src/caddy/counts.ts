import { doorFiles } from "./door-files.ts";

/** Words of a count, in the order in which the door's file has them, for each slot. */
export const countNames = [
  "requests",
  "http2xx",
  "http3xx",
  "http4xx",
  "http5xx",
  "connectErrors",
  "responseErrors",
  "retries",
  "redispatches",
] as const;

export type Counts = Readonly<Record<(typeof countNames)[number], number>>;

/** Adds one line of the request log to the counts, and writes them all, with the bytes read. */
const program = `
BEGIN {
  n = split(before, word, " ");
  for (i = 1; i <= n; i += 10) for (j = 1; j < 10; j++) count[word[i] j] = word[i + j];
}
function add(slot, place, much) { count[slot place] += much }
{
  if (substr($0, length($0)) != "}") next;
  bytes += length($0) + 1;
  if (index($0, "\\"probe\\":\\"")) next;
  if (match($0, /"failed":"(blue|green)"/)) {
    from = substr($0, RSTART + 10, RLENGTH - 11);
    add(from, index($0, "\\"how\\":\\"502\\"") ? 7 : 6, 1);
    add(from, 9, 1);
  }
  if (!match($0, /"slot":"(blue|green)"/)) next;
  slot = substr($0, RSTART + 8, RLENGTH - 9);
  add(slot, 1, 1);
  if (match($0, /"retries":[0-9]+/)) add(slot, 8, substr($0, RSTART + 10, RLENGTH - 10));
  if (match($0, /"status":[2-5]/)) add(slot, substr($0, RSTART + 9, 1), 1);
}
END {
  printf "%d", bytes;
  for (i = 1; i <= 2; i++) {
    slot = i == 1 ? "blue" : "green";
    printf " %s", slot;
    for (j = 1; j < 10; j++) printf " %d", count[slot j];
  }
  printf "\\n";
}`;

/**
 * Caddy keeps no numbers by slot, so they are counted from its request log, each time from where the last count ended. They
 * go on over reloads and restarts; another epoch begins where lines were given up before anybody counted them. A file of the
 * log is known by the time of its first line. Two counts at once find the same; the file is replaced as a whole.
 */
export const countScript = `
export LC_ALL=C
first() { head -c 64 "$1" 2>/dev/null | tr -cd 0-9; }
files() { for f in ${doorFiles.log.replace(".log", "-*.log")} ${doorFiles.log}; do [ -s "$f" ] && printf '%s\\n' "$f"; done; }
known() { for f in $(files); do [ "$(first "$f")" = "$file" ] && return 0; done; return 1; }
epoch= file= offset=0 counts=
[ ! -f ${doorFiles.counts} ] || read -r epoch file offset counts < ${doorFiles.counts}
[ -n "$epoch" ] || { epoch=$(cat /proc/sys/kernel/random/uuid); file=none; }
# Once more: a file may just be on its way to its next name.
[ "$file" = none ] || known || known || { epoch=$(cat /proc/sys/kernel/random/uuid); file=none; offset=0; counts=; }
seen=; [ "$file" != none ] || seen=all
for f in $(files); do
  id=$(first "$f"); from=0
  [ "$id" != "$file" ] || { seen=all; from=$offset; }
  [ -n "$seen" ] || continue
  counted=$(tail -c +$((from + 1)) "$f" | awk -v before="$counts" '${program}')
  offset=$((from + \${counted%% *})); counts=\${counted#* }; file=$id
done
# Where there is no room, the next count begins where this one did.
{ printf '%s %s %s %s\\n' "$epoch" "$file" "$offset" "$counts" > ${doorFiles.counts}.$$ &&
  mv -f ${doorFiles.counts}.$$ ${doorFiles.counts}; } 2>/dev/null || rm -f ${doorFiles.counts}.$$
printf 'counts %s %s\\n' "$epoch" "$counts"
`;

const none = Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;

/** Reads the line that `countScript` ends with. `null` when there is none. */
export function parseCounts(
  text: string,
): { readonly epoch: string; readonly blue: Counts; readonly green: Counts } | null {
  const line = /^counts (\S+)(?: (.*))?$/m.exec(text);
  if (!line?.[1]) return null;
  const words = (line[2] ?? "").trim().split(" ");
  const of = (slot: string): Counts => {
    const at = words.indexOf(slot);
    if (at < 0) return none;
    return Object.fromEntries(countNames.map((name, index) => [name, Number(words[at + 1 + index]) || 0])) as Counts;
  };
  return { epoch: line[1], blue: of("blue"), green: of("green") };
}
