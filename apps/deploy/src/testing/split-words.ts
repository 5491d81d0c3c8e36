/** Words of a command line of the docs: separated by blanks, double quotes keep them together. */
export function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([word, quoted]) => quoted ?? word);
}
