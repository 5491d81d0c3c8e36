/** So much of a line is waited for; a longer one is passed on in pieces. */
const longestBytes = 1 << 20;

export interface LineSplitter {
  push(data: Uint8Array): void;
  /** Gives out what came after the last line break. */
  end(): void;
}

/**
 * @param line a character for each byte, see `textOfBytes`
 * @param continues it is a further piece of a line that was too long to be passed on whole
 */
export type OnByteLine = (line: string, continues: boolean) => void;

/**
 * Cuts bytes that come in pieces into lines. Each byte is looked at once, however long the line. A line of more than 1 MiB comes in
 * pieces that end at a space, where they have one, so that a word which must be masked is not in two of them.
 */
export function createByteLines(onLine: OnByteLine): LineSplitter {
  let parts: string[] = [];
  let length = 0;
  let continues = false;
  const keep = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  const take = () => {
    const line = parts.join("");
    parts = [];
    length = 0;
    return line;
  };
  const cut = () => {
    const line = take();
    const end = endOfPiece(line);
    onLine(line.slice(0, end), continues);
    continues = true;
    keep(line.slice(end));
  };
  const finish = () => {
    const line = take();
    const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (whole !== "" || !continues) onLine(whole, continues);
    continues = false;
  };
  return {
    push(data) {
      const [first = "", ...more] = bytesOf(data).split("\n");
      keep(first);
      for (const part of more) {
        finish();
        keep(part);
      }
      if (length > longestBytes) cut();
    },
    end() {
      if (length > 0) onLine(take(), continues);
    },
  };
}

/** The same as text: a multi-byte character on the border of two pieces stays whole. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  return createByteLines((line) => onLine(textOfBytes(line)));
}

/** What a line of `createByteLines` says. */
export function textOfBytes(bytes: string): string {
  return hasMultiByte.test(bytes) ? Buffer.from(bytes, "latin1").toString() : bytes;
}

const hasMultiByte = /[\u0080-\u00ff]/;

function bytesOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
}

function endOfPiece(line: string): number {
  const afterSpace = line.lastIndexOf(" ") + 1;
  return afterSpace > 0 ? afterSpace : lastBorder(line);
}

/** Between two characters; the last one may wait for its bytes that are still to come. */
function lastBorder(line: string): number {
  let at = line.length - 1;
  while (at > 0 && isWithinCharacter(line.charCodeAt(at))) at -= 1;
  return at > 0 ? at : line.length;
}

function isWithinCharacter(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
