import { isOfProject } from "./checkout-inputs.ts";
import { runsSluice } from "./deploying-steps.ts";
import { type Tree, textOf } from "./tree.ts";

/** Commands that write nothing, or what their words name. */
const plain =
  /^(?:\d*|[[\]{}:]+|true|false|test|exit|return|set|unset|export|local|umask|trap|read|sleep|wait|fi|done|esac|for|case|cd|pushd|popd|pwd|ls|stat|id|whoami|uname|hostname|date|which|type|printenv|echo|printf|cat|head|tail|cut|tr|sort|uniq|wc|grep|sed|awk|jq|base64|openssl|tee|touch|mkdir|rmdir|rm|chmod|chown|cp|install|curl|docker|docker-compose|apt|apt-get)$/;

/** Of those, such as write to where one of their words says, which may be a variable. */
const writer = /^(?:cp|install|tee|touch|sed|curl|openssl)$/;

/** What comes before a command: words of the shell, and programs that run another. */
const before =
  /^(?:(?:if|then|elif|else|while|until|do|!|\{|exec|command|nohup|time|env|sudo(?:\s+-\S+)*|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*))(?:\s+|$))+/;

/** A variable, but for files that every job has. */
const variable = /\$(?!\{?GITHUB_(?:ENV|OUTPUT|PATH|STEP_SUMMARY)\b)/;

/**
 * Whether a step may write files that it does not name: by a script or a program of the project, by copying or unpacking many, by an
 * action that does more than set a machine up. Pure.
 */
export function mayWriteUnknown(step: Tree): boolean {
  const { run, uses, shell } = step;
  if (run === undefined) return !isKnownAction(step);
  if (shell !== undefined && !/^(?:ba)?sh\b/.test(textOf(shell))) return uses === undefined;
  const commands = textOf(run)
    .replaceAll("\\\n", " ")
    .replaceAll(/\d*>&\d|&>/g, " > ")
    .split(/\n|&&|\|\||\$\(|[;|&()`]/);
  return commands.map((command) => command.trim().replace(before, "")).some(isUnknown);
}

function isKnownAction(step: Tree): boolean {
  return runsSluice(step) || isOfProject(step) || /^(?:actions\/setup-|docker\/)/.test(textOf(step["uses"]));
}

function isUnknown(command: string): boolean {
  const [name = ""] = command.split(/\s/);
  if (command.startsWith("#") || /\bsluice\s+[a-z]/.test(command)) return false;
  if (/^npm (?:ci|i|install)\b/.test(command)) return false;
  if (!plain.test(name)) return true;
  if (/^cp\s(?:.*\s)?(?:-\w*[aRr]|--(?:recursive|archive)\b|\S*[*?])/.test(command)) return true;
  if (/^docker(?:[ -]compose)?\s(?:.*\s)?(?:run|cp)\b/.test(command) || /^curl\s.*\s?-\w*[OJ]/.test(command))
    return true;
  const [, target = ""] = />>?\s*(\S+)/.exec(command) ?? [];
  return variable.test(writer.test(name) ? command : target);
}
