/** A size as people read it: `0 B`, `812 KB`, `1.4 GB`; powers of ten, as disks are sold. */
export function describeBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[power] ?? ''}`;
}
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
