/**
 * Which jobs know what a value refers to: those of each workflow that is written, only those that a published release
 * starts, or none of them.
 */
export type ValueScope = "every-job" | "release-job" | "nowhere";

/** `${{ … }}`; braces within its texts are a part of it. */
const expressions = /\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*)\}\}/g;
/** A context with its properties, a function with its bracket, or a word such as `true`. */
const names = /(?<![\w.-])[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*(?:\s*\()?/g;
const functions = /^(?:contains|startswith|endswith|format|join|tojson|fromjson)\s*\($/;
const words = /^(?:true|false|null|nan|infinity)$/;

/**
 * Where a value of a workflow can stand in the `env:` of a job. A job knows its steps, its runner and its environment no
 * better than GitHub does before it begins; what started another workflow starts none of those that are written.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
 */
export function scopeOf(value: string): ValueScope {
  if (value.replaceAll(expressions, "").includes("${{")) return "nowhere";
  const scopes = [...value.matchAll(expressions)].flatMap(([, body = ""]) => {
    const withoutTexts = body.replaceAll(/'[^']*'/g, "''").replaceAll(/\s*\.\s*/g, ".");
    return [...withoutTexts.matchAll(names)].map(([name]) => scopeOfName(name.toLowerCase()));
  });
  if (scopes.includes("nowhere")) return "nowhere";
  return scopes.includes("release-job") ? "release-job" : "every-job";
}

/** The same value for a job that no release starts: for the tag of the release the name of what is checked out, which is that tag in one that a release starts. `null` where nothing takes its place. */
export function withoutRelease(value: string): string | null {
  const other = value.replaceAll(expressions, (expression) =>
    expression.replaceAll(/(?<![\w.-])github\.event\.release\.tag_name(?![\w.-])/gi, "github.ref_name"),
  );
  return scopeOf(other) === "every-job" ? other : null;
}

/** Whether a value that every job knows is of what the run is about: a release, or in a scheduled one the branch that is checked out. */
export function isOfRun(value: string): boolean {
  const bodies = [...value.matchAll(expressions)].map(([, body = ""]) => body.replaceAll(/'[^']*'/g, "''"));
  return bodies.some((body) => /(?<![\w.-])github\s*\.\s*(?:sha|ref|ref_name)(?![\w.-])/i.test(body));
}

function scopeOfName(name: string): ValueScope {
  if (/^github\.event\.release(?:\.|$)/.test(name)) return "release-job";
  // Branches of a pull request, which starts none of them.
  if (/^github\.(?!(?:event|head_ref|base_ref)(?:\.|$))[\w-]+/.test(name)) return "every-job";
  return /^(?:secrets|vars)(?:\.|$)/.test(name) || functions.test(name) || words.test(name) ? "every-job" : "nowhere";
}
