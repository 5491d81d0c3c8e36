import { expect, it } from "vitest";
import { sshArguments } from "./agents.ts";

it.each([
  [undefined, "docker system dial-stdio"],
  ["/run/user/1000/docker.sock", "docker --host='unix:///run/user/1000/docker.sock' system dial-stdio"],
  ["/srv/ada's $HOME", "docker --host='unix:///srv/ada'\\''s $HOME' system dial-stdio"],
])("through ssh the engine behind %j is asked for, whatever the shell there makes of names", (socketPath, command) => {
  const args = sshArguments({ destination: "deploy@production", port: undefined, socketPath });
  // What ssh gives to the shell of the other side is its arguments with blanks between them.
  expect(args.join(" ")).toBe(`-o BatchMode=yes -o ConnectTimeout=30 -- deploy@production ${command}`);
});

it("through ssh the port is asked that was named", () => {
  const args = sshArguments({ destination: "production", port: "2222", socketPath: undefined });
  expect(args.join(" ")).toMatch(/ -p 2222 -- production docker system dial-stdio$/);
});
