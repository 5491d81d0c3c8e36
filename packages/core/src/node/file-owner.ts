import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Who a file belongs to. */
export interface FileOwner {
  readonly uid: number;
  /** As `sudo -u` and `chown` take it; the number where the machine has no name for it, or tells none. */
  readonly name: string;
}

/** `null` where it is not there, or cannot be seen. */
export function ownerOf(path: string): FileOwner | null {
  try {
    const { uid } = statSync(path);
    return { uid, name: nameOf(uid) };
  } catch {
    return null;
  }
}

/** Whether a directory belongs to another user than the one who runs: what root leaves there, that one cannot use. */
export function isAnothers(directory: string): boolean {
  const owner = ownerOf(directory);
  return owner !== null && owner.uid !== (process.geteuid?.() ?? owner.uid);
}

/**
 * What helps where the file system denied something in a directory that belongs to one user, such as a state home; `null` where that
 * cannot be told.
 *
 * @param path what was denied
 * @param home the directory
 */
export function deniedHint(path: string, home: string): string | null {
  const owner = ownerOf(`${home}/home.json`) ?? ownerOf(home);
  const denied = nearestVisible(path);
  if (!owner || !denied) return null;
  if (denied.owner.uid !== owner.uid && denied.path.startsWith(home)) {
    return `${denied.path} belongs to ${denied.owner.name}, as another user than ${owner.name} has worked there: sudo chown -R ${owner.name} ${home}`;
  }
  return owner.uid === process.geteuid?.() ? null : asOwnerHint(owner);
}

/** The command of whom a state home belongs to. */
export function asOwnerHint({ uid, name }: FileOwner): string {
  return `run as the user that owns it: sudo -u ${name === String(uid) ? `'#${uid}'` : name} sluice …`;
}

/** What lies in a directory that may not be entered is not seen: then that directory. */
function nearestVisible(path: string): { readonly path: string; readonly owner: FileOwner } | null {
  const owner = ownerOf(path);
  if (owner) return { path, owner };
  return dirname(path) === path ? null : nearestVisible(dirname(path));
}

function nameOf(uid: number): string {
  try {
    const users = readFileSync("/etc/passwd", "utf8").split("\n");
    const user = users.map((line) => line.split(":")).find(([, , id]) => id === String(uid));
    return user?.[0] ?? String(uid);
  } catch {
    return String(uid);
  }
}
