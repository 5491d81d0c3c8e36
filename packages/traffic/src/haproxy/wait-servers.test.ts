import { expect, test } from "vitest";
import type { DoorLink } from "./door-link.ts";
import { waitServers } from "./wait-servers.ts";

const header = "# pxname,svname,status,check_status,check_code,addr,";

/** Each look shows the next row, the last one again and again. */
function doorShowing(...rows: readonly string[]): DoorLink {
  let now = 0;
  let look = 0;
  const clock = {
    monotonicMs: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const ask = async () => `${header}\n${rows[Math.min(look++, rows.length - 1)]}\n\n`;
  return { door: "door", shell: { ask }, clock, pollMs: 100 } as unknown as DoorLink;
}
const request = { slot: "blue", count: 1, timeoutMs: 250, wanted: "healthy" } as const;

test("what a server answered last is told, also where it is just being asked again", async () => {
  const door = doorShowing(
    "only_blue,blue1,UP,L7OK,400,10.0.0.11:80,",
    "only_blue,blue1,UP,* L7OK,0,10.0.0.11:80,",
    "only_blue,blue1,UP,* L7OK,,10.0.0.11:80,",
  );
  await expect(waitServers(door, request)).rejects.toMatchObject({
    code: "NOT_READY",
    message: expect.stringMatching(/: status 400$/),
    detail: "10.0.0.11:80: status 400",
  });
});

test("a server that answers well in the end is waited for", async () => {
  const door = doorShowing("only_blue,blue1,UP,L7OK,400,10.0.0.11:80,", "only_blue,blue1,UP,L7OK,204,10.0.0.11:80,");
  await expect(waitServers(door, request)).resolves.toBeUndefined();
});
