/** Whether doors can lead so many percent of the users: they count in hundredths of a percent. */
export function isShare(percent: number): boolean {
  const hundredths = percent * 100;
  return percent >= 0 && percent <= 100 && Math.abs(hundredths - Math.round(hundredths)) < 1e-6;
}
