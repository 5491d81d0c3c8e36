import { expect, it } from "vitest";
import { listensAt } from "./refusal.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
`;

it.each([
  [8080, true],
  // Connected, not listening.
  [8081, false],
  [8082, false],
])("whether somebody listens at port %i is read from the kernel's table: %o", (port, listens) => {
  expect(listensAt(table, port)).toBe(listens);
  expect(listensAt("", port)).toBe(false);
});
