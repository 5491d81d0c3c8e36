import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { listeningPorts, readUnresolvedDomain, takenPorts } from "./read-machine.ts";
import { nameOfUser, usersOfGroup } from "./read-runner.ts";

describe("ports", () => {
  it("are read of the kernel's table: those that are listened on", () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:01BB 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
`;
    expect(listeningPorts(table)).toEqual([8080]);
  });

  it("are taken where no container of the stack has them", () => {
    const services = [aService("web")];
    const nothing = aStack();
    expect(takenPorts(services, nothing, new Set([8080]))).toEqual([{ service: "web", port: 8080 }]);
    expect(takenPorts(services, nothing, new Set([80]))).toEqual([]);
    expect(takenPorts([aService("web", { active: false })], nothing, new Set([8080]))).toEqual([]);
    expect(takenPorts(services, { ...nothing, plain: [aContainer("web")] }, new Set([8080]))).toEqual([]);
    const withDoor = { ...nothing, doors: { web: aDoor("web", { stable: "blue", share: 0, salt: 0 }) } };
    expect(takenPorts(services, withDoor, new Set([8080]))).toEqual([]);
  });

  it("domains that are only this machine's are not looked up", async () => {
    expect(await readUnresolvedDomain(undefined)).toBeNull();
    expect(await readUnresolvedDomain("localhost")).toBeNull();
    expect(await readUnresolvedDomain("shop.localhost")).toBeNull();
    expect(await readUnresolvedDomain("nowhere.invalid")).toBe("nowhere.invalid");
  });
});

it("users of a group are its members and those who have it as their own", () => {
  const passwords = "root:x:0:0::/root:/bin/sh\ndeploy:x:1000:999::/home/deploy:/bin/sh\n";
  expect([...usersOfGroup("docker:x:999:ada,bob\nadm:x:4:eve\n", passwords, 999)]).toEqual(["ada", "bob", "deploy"]);
  expect([...usersOfGroup("docker:x:999:\n", "", 999)]).toEqual([]);
});

it("a user that a service names by its number has the name that groups know", () => {
  const passwords = "root:x:0:0::/root:/bin/sh\nrunner:x:1001:1001::/home/runner:/bin/sh\n";
  expect(nameOfUser(passwords, "1001")).toBe("runner");
  expect(nameOfUser(passwords, "0")).toBe("root");
  expect(nameOfUser(passwords, "deploy")).toBe("deploy");
  expect(nameOfUser(passwords, "100")).toBeNull();
});
