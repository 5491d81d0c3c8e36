import { expect, it } from "vitest";
import { aContainer } from "../../testing/index.ts";
import { memoryKillText, stateText } from "./memory-kill.ts";

it("a container that was killed for memory is told with its limit", () => {
  const killed = { state: "exited", oomKilled: true } as const;
  expect(memoryKillText(aContainer("web"))).toBeNull();
  expect(memoryKillText(aContainer("web", { ...killed, memoryLimit: 67_108_864 }))).toBe(
    "killed for memory (its limit is 64 MiB)",
  );
  expect(stateText(aContainer("web", killed))).toBe("exited, killed for memory (it has no limit of its own)");
  expect(stateText(aContainer("web", { state: "exited", exitCode: 137 }))).toBe("exited");
});
