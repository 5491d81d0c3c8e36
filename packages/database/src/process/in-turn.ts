const separator = "sluice-next-question";

/** Statements that a client is asked in one call, with a line between what each gives. */
export function inTurn(questions: readonly string[]): string {
  return questions.join(`\nselect '${separator}';\n`);
}

/** For each of them the lines that it gave. */
export function answersInTurn(lines: readonly string[]): readonly (readonly string[])[] {
  const answers: string[][] = [[]];
  for (const line of lines) {
    if (line === separator) answers.push([]);
    else answers.at(-1)?.push(line);
  }
  return answers;
}
