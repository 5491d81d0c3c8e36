/** What to type where a stack belongs to a state home that is not here. */
export function moveStateHint(stack: string): string {
  const file = `${stack}.sluice.tar`;
  return [
    "deploy from the machine that holds its state",
    `or move it: there \`sluice -p ${stack} state export ${file}\`, copy the file, here \`sluice -p ${stack} state import ${file}\``,
    `or, if it is lost for good, here \`sluice -p ${stack} state rebuild\``,
  ].join("; ");
}
