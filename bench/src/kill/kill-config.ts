/**
 * Users move in two shares and are watched for a while afterwards, so that deaths come between two shares and in the bake
 * too. Other benches move all at once.
 */
export const killConfig = (drainMs: number): string => `rollout: { steps: [{ share: 50, for: 2s }, 100], bake: 2s }
releases: { keep: 20 }
traffic: { drain: { timeout: ${drainMs}ms } }
services:
  web: { health: { path: /healthz }, startTimeout: 3m }
`;

/** All that a deployment may do beside moving users: a backup, a rehearsal, messages to people and to GitHub. */
export const carefulConfig = (chatUrl: string): string => `database: { service: db, rehearsal: block }
notify: { channels: { team: { slack: { url: "${chatUrl}" }, on: [begun, live, failed, rolled-back, interrupted] } } }
github: { url: "https://shop.example.com", commitStatus: true }
`;

/** A migration that each release brings anew, and that no version minds: its own table, by the number of its tag. */
export function harmlessMigration(tag: string): Readonly<Record<string, string>> {
  const number = tag.slice(1).padStart(4, "0");
  return {
    [`migrations/1${number}_notes.sql`]: `CREATE TABLE notes_${tag} (id bigint PRIMARY KEY, said text NOT NULL);\n`,
  };
}
