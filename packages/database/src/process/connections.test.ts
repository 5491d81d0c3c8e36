import { expect, it } from "vitest";
import { parseConnections } from "./connections.ts";

const header =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     ";
const rest = "00000000:00000000 00:00000000 00000000   999        0 22268715 1 0000000088d7c3c5 100 0 0 10 0";

it("connections are open, or closed by the other side; what listens or is over is none", () => {
  const text = `${header}
   0: 00000000:0CEA 00000000:0000 0A ${rest}
   1: 02001EAC:0CEA 03001EAC:CFC0 01 ${rest}
   2: 02001EAC:0CEA 04001EAC:CFC1 08 ${rest}
   3: 0100007F:0CEA 0100007F:A284 06 ${rest}
`;
  expect(parseConnections(text)).toEqual([
    { localPort: 3306, address: "172.30.0.3", port: 53184, isOpen: true },
    { localPort: 3306, address: "172.30.0.4", port: 53185, isOpen: false },
  ]);
});

it("addresses are written as the engine writes them", () => {
  const text = `${header}
   0: 0000000000000000FFFF000002001EAC:0CEA 0000000000000000FFFF000003001EAC:CFC0 08 ${rest}
   1: 000000FD000000000000000002000000:0CEA 000000FD000000000000000005000000:CFC0 08 ${rest}
`;
  expect(parseConnections(text).map(({ address }) => address)).toEqual(["172.30.0.3", "fd00::5"]);
});
