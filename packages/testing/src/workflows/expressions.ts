import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** Values of contexts by name: `secrets`, `inputs`, `steps`, … as plain data. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How a job stands, for the functions `success()`, `failure()`, `cancelled()` and `always()`. */
export type JobStatus = "success" | "failure" | "cancelled";

const statusFunctions = ["success", "failure", "cancelled", "always"];

/** A text with each `${{ … }}` in it evaluated by GitHub's own evaluator. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) =>
    evaluate(expression, contexts, "success").coerceString(),
  );
}

/** Whether a step runs: without a function of the job's status, only where everything before went well. */
export function isDue(condition: string | undefined, contexts: Contexts, status: JobStatus): boolean {
  const expression = (condition ?? "success()").replace(/^\$\{\{([\s\S]*)\}\}$/, "$1");
  const isAsked = new RegExp(`\\b(?:${statusFunctions.join("|")})\\(\\)`).test(expression);
  const value = evaluate(isAsked ? expression : `success() && (${expression})`, contexts, status);
  return !(value.coerceString() === "false" || value.coerceString() === "" || value.coerceString() === "0");
}

function evaluate(expression: string, contexts: Contexts, status: JobStatus) {
  const functions = statusFunctions.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(name === "always" || name === status),
  }));
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, values, new Map(functions.map((one) => [one.name, one]))).evaluate();
}
