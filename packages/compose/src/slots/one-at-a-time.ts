import type { Engine } from "../engine/engine.ts";

const last = new WeakMap<Engine, Map<string, Promise<unknown>>>();

/**
 * Runs a change of a Compose project after those that were asked for before. Compose looks at a whole project first, and
 * then changes it: of two at once one finds a network or a container in the way, or gone.
 */
export function oneAtATime<T>(engine: Engine, project: string, change: () => Promise<T>): Promise<T> {
  const projects = last.get(engine) ?? new Map<string, Promise<unknown>>();
  last.set(engine, projects);
  const changed = (projects.get(project) ?? Promise.resolve()).then(change);
  projects.set(
    project,
    changed.catch(() => undefined),
  );
  return changed;
}
