/** Whether it is for want of room on a disk that something failed, by what was said of it. */
export function isFullDisk(said: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(said);
}
