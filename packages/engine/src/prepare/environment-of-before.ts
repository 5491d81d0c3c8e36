import { type ComposeModel, type Finding, isApplication, mayHoldSecret, type StoredRelease } from "@sluice/core";

/** An address may hold a password, whatever its variable is called. */
const urlWithPassword = /:\/\/[^\s/:@]*:[^\s/@]+@/;

/**
 * That going back goes to other values of what may be secret than the release that is left has: a password that was changed since is the
 * old one again. By names alone, of what works for users; a variable that only one of them has came or went with the code. Pure.
 *
 * @param left `null` where it is not stored
 */
export function environmentOfBefore(
  { bundle: { tag, commit, services }, model }: Pick<StoredRelease, "bundle" | "model">,
  left: Pick<StoredRelease, "bundle" | "model"> | null,
): readonly Finding[] {
  if (left === null) return [];
  const names = services
    .filter((service) => service.active && isApplication(service.role))
    .flatMap(({ name }) => otherSecrets(name, model, left.model).map((variable) => `${name}.${variable}`));
  if (names.length === 0) return [];
  const anew = commit === null ? "its files checked out" : `its commit checked out (${commit.slice(0, 12)})`;
  return [
    {
      severity: "warn",
      code: "environment-of-before",
      message: `${tag} has other values than ${left.bundle.tag} of ${names.join(", ")}, and goes back to those`,
      hint: `where one was changed since and the old one is refused by now, deploy ${tag} anew instead, which takes the values of now: with ${anew}, sluice deploy --release ${tag}`,
    },
  ];
}

function otherSecrets(service: string, wanted: ComposeModel, left: ComposeModel): readonly string[] {
  const now = left.services[service]?.environment ?? {};
  return Object.entries(wanted.services[service]?.environment ?? {}).flatMap(([name, value]) => {
    const other = now[name];
    if (typeof value !== "string" || typeof other !== "string" || value === other) return [];
    const isSecret = mayHoldSecret(name) || urlWithPassword.test(value) || urlWithPassword.test(other);
    return isSecret ? [name] : [];
  });
}
