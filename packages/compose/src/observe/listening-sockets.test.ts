import { expect, it } from "vitest";
import { parseSockets } from "./listening-sockets.ts";

const rest = "00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0";

it("sockets of the kernel's tables are read with their addresses", () => {
  const text = [
    `/proc/net/tcp:   0: 0100007F:1F90 00000000:0000 0A ${rest}`,
    `/proc/net/tcp:   1: 00000000:0050 00000000:0000 0A ${rest}`,
    `/proc/net/tcp6:   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A ${rest}`,
    `/proc/net/tcp6:   1: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A ${rest}`,
    `/proc/net/tcp6:   2: 0000000000000000FFFF00000101A8C0:1F93 00000000000000000000000000000000:0000 0A ${rest}`,
    `/proc/net/udp:  12: 3500007F:0035 00000000:0000 07 ${rest}`,
  ].join("\n");
  expect(parseSockets(text)).toEqual([
    { PublicPort: 8_080, Type: "tcp", IP: "127.0.0.1" },
    { PublicPort: 80, Type: "tcp", IP: "0.0.0.0" },
    { PublicPort: 8_081, Type: "tcp", IP: "" },
    { PublicPort: 8_082, Type: "tcp", IP: "::1" },
    { PublicPort: 8_083, Type: "tcp", IP: "192.168.1.1" },
    { PublicPort: 53, Type: "udp", IP: "127.0.0.53" },
  ]);
});

it("connections, closed sockets, and what a client has open for a moment, hold no port", () => {
  const text = [
    `/proc/net/tcp:   0: 0100007F:1F90 0100007F:C001 01 ${rest}`,
    `/proc/net/tcp:   1: 0100007F:1F90 00000000:0000 07 ${rest}`,
    `/proc/net/udp:   2: 00000000:C001 00000000:0000 07 ${rest}`,
  ].join("\n");
  expect(parseSockets(text)).toEqual([]);
});
