/** Milliseconds of processor time that this process has spent: on a machine full of other tests the clock measures those. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
