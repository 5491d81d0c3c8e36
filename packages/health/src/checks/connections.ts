/** All targets at once; a line for each. What it is given are words of its own, never part of the script. */
const script = `limit=$1; shift
for target; do {
  if said=$(socat -u /dev/null "TCP:$target,connect-timeout=$limit" 2>&1)
  then echo "reached $target"
  else echo "failed $target $(echo "$said" | tail -n 1)"
  fi
} & done
wait`;

/** Connects to each of some `host:port` from where it is run; the time is that of each connection. */
export function connectCommand(targets: readonly string[], connectMs: number): readonly string[] {
  const seconds = Math.max(1, Math.ceil(connectMs / 1_000));
  return ["sh", "-c", script, "connect", String(seconds), ...targets];
}

export interface Connections {
  readonly reached: readonly string[];
  /** Not reached, as it was said; of a target that is in neither nothing was said. */
  readonly failed: readonly string[];
}

/** What the command said of each target. Pure. */
export function readConnections(targets: readonly string[], output: string): Connections {
  const lines = output.split("\n").map((line) => line.trim());
  return {
    reached: targets.filter((target) => lines.includes(`reached ${target}`)),
    failed: targets.filter((target) => lines.some((line) => line.startsWith(`failed ${target} `))),
  };
}
