import { execFile } from "node:child_process";
import { access, readdir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunnerFacts } from "@sluice/release";
import { readRegistration } from "./runner-registration.ts";

export interface RunnerPlaces {
  /** Where runners are looked for: each of these, and directories named `actions-runner*` below. */
  readonly directories: readonly string[];
  /** `getent group docker` and the like: users of the group that owns the socket; `null` where nothing tells. */
  readonly engineUsers: ReadonlySet<string> | null;
}

/** The runners on this machine, by the files that GitHub's runner leaves (`.runner`, `.service`). */
export async function readRunners(
  { directories, engineUsers }: RunnerPlaces,
  signal: AbortSignal,
): Promise<readonly RunnerFacts[]> {
  const found = await findRunners(directories);
  return Promise.all(found.map((directory) => readRunner(directory, engineUsers, signal)));
}

/** Where GitHub's guide has people put runners. */
export async function runnerHomes(): Promise<readonly string[]> {
  const users = await readdir("/home").catch(() => []);
  return ["/opt", "/srv", "/root", "/actions-runner", ...users.map((user) => join("/home", user))];
}

/** Directories of runners: those that are given, and those named `actions-runner*` below, that hold GitHub's program. */
export async function findRunners(directories: readonly string[]): Promise<readonly string[]> {
  const candidates = await Promise.all(
    directories.map(async (directory) => {
      const names = await readdir(directory).catch(() => []);
      return [
        directory,
        ...names.filter((name) => name.startsWith("actions-runner")).map((name) => join(directory, name)),
      ];
    }),
  );
  const found = await Promise.all(
    [...new Set(candidates.flat())].map(async (directory) =>
      (await isThere(join(directory, "bin/Runner.Listener"))) ? [directory] : [],
    ),
  );
  return found.flat();
}

async function readRunner(
  directory: string,
  engineUsers: ReadonlySet<string> | null,
  signal: AbortSignal,
): Promise<RunnerFacts> {
  const unit = await readFile(join(directory, ".service"), "utf8").then(
    (text) => text.trim() || null,
    () => null,
  );
  const ask = async (verb: string, yes: readonly string[], no: readonly string[]) => {
    if (unit === null) return null;
    const answer = await promisify(execFile)("systemctl", [verb, unit], { signal }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout?: string }) => stdout ?? "",
    );
    return yes.includes(answer.trim()) ? true : no.includes(answer.trim()) ? false : null;
  };
  const user = (unit === null ? null : await userOfUnit(unit, signal)) ?? (await ownerOf(directory));
  const registration = await readRegistration(directory);
  return {
    directory,
    unit,
    isRegistered: registration !== null,
    place: registration?.place ?? null,
    isActive: await ask("is-active", ["active", "activating"], ["inactive", "failed", "deactivating"]),
    isEnabled: await ask("is-enabled", ["enabled", "enabled-runtime"], ["disabled", "masked"]),
    user,
    canUseEngine: user === null || engineUsers === null ? null : user === "root" || engineUsers.has(user),
    workFreeBytes: await statfs(join(directory, "_work")).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  };
}

/** Whom systemd starts it as: without a word on it, root. `null` where it knows no such unit. */
async function userOfUnit(unit: string, signal: AbortSignal): Promise<string | null> {
  const asked = ["show", unit, "--property=LoadState,User"];
  const answer = await promisify(execFile)("systemctl", asked, { signal }).then(
    ({ stdout }) => stdout,
    () => "",
  );
  const { LoadState, User } = Object.fromEntries(answer.split("\n").map((line) => line.split("=")));
  if (LoadState !== "loaded") return null;
  // A number without a name is in no group.
  return User ? (nameOfUser(await readUsers(), User) ?? User) : "root";
}

async function ownerOf(directory: string): Promise<string | null> {
  const [{ uid }, users] = await Promise.all([stat(directory), readUsers()]);
  return nameOfUser(users, String(uid));
}

const readUsers = () => readFile("/etc/passwd", "utf8").catch(() => "");

/** What groups call a user: the name, which systemd never takes for one where it is a number. `null` where nobody has that. */
export function nameOfUser(passwords: string, user: string): string | null {
  if (!/^\d+$/.test(user)) return user;
  return new RegExp(`^([^:]+):[^:]*:${user}:`, "m").exec(passwords)?.[1] ?? null;
}

/** Users of a group, by its number. https://man7.org/linux/man-pages/man5/group.5.html */
export function usersOfGroup(groups: string, passwords: string, gid: number): ReadonlySet<string> {
  const [, members = ""] = new RegExp(`^[^:]*:[^:]*:${gid}:(.*)$`, "m").exec(groups) ?? [];
  const primary = [...passwords.matchAll(new RegExp(`^([^:]+):[^:]*:\\d+:${gid}:`, "gm"))].map(([, user = ""]) => user);
  return new Set([...members.split(",").filter((user) => user !== ""), ...primary]);
}

/** Users of the group that owns the engine's socket; `null` where there is no socket. */
export async function readEngineUsers(path: string): Promise<ReadonlySet<string> | null> {
  const socket = await stat(path).catch(() => null);
  if (!socket) return null;
  const [groups, passwords] = await Promise.all(
    ["/etc/group", "/etc/passwd"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return usersOfGroup(groups ?? "", passwords ?? "", socket.gid);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
