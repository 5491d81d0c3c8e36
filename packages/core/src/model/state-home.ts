/**
 * What to type where a stack belongs to a state home that is not here. What is typed here gets the options of the call, as any
 * hint; `--replace` is needed where a state home is here already, and does no harm where there is none.
 */
export function moveStateHint(stack: string): string {
  const file = `${stack}.sluice.tar`;
  return [
    "deploy from where its state is: another machine or user, or another --state-home",
    `or move it: there \`sluice -p ${stack} state export ${file}\` (with the --state-home it has there), copy the file, here \`sluice state import ${file} --replace\``,
    "or, if it is lost for good, here `sluice state rebuild --replace`",
    "--replace moves aside what a state home here holds",
  ].join("; ");
}
