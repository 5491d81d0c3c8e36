import { expect, it } from "vitest";
import type { DoorLink } from "../door/door-link.ts";
import { activeScript } from "./observe-servers.ts";
import { observeUnderWay } from "./observe-traffic.ts";

it("what is under way at both slots is asked for alone: nothing of the application is waited for", async () => {
  const asked: string[] = [];
  const run = async (script: string) => {
    asked.push(script);
    const upstreams = ["10.0.0.2", "10.0.0.3", "10.0.0.9"].map((host) => ({ address: `${host}:80`, num_requests: 2 }));
    return `address blue 10.0.0.2\naddress green 10.0.0.3\n${JSON.stringify(upstreams)}\n`;
  };
  expect(await observeUnderWay({ door: "door", shell: { run } } as unknown as DoorLink)).toBe(4);
  expect(asked).toEqual([activeScript]);
});
