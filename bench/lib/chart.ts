/** @file Bars of rows on a logarithmic axis, as SVG without scripts or fonts of its own. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly baseline?: number;
}

const WIDTH = 900;
const LEFT = 330;
const STEP = 26;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Bars from `least` to the largest value; the baseline is a mark on the bar's line. */
export const barChart = (title: string, unit: string, bars: readonly Bar[]): string => {
  const values = bars.flatMap((b) => [b.value, ...(b.baseline ? [b.baseline] : [])]).filter((v) => v > 0);
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const x = (v: number): number =>
    LEFT + ((Math.log10(v) - low) / Math.max(1, high - low)) * (WIDTH - LEFT - 70);
  const height = 70 + STEP * bars.length;
  const grid = Array.from({ length: high - low + 1 }, (_, i) => {
    const at = x(10 ** (low + i)).toFixed(1);
    return `<line x1="${at}" y1="36" x2="${at}" y2="${height - 28}" stroke="#ddd"/><text x="${at}" y="${height - 12}" text-anchor="middle">1e${low + i} ${unit}</text>`;
  });
  const rows = bars.map(({ label, value, baseline }, i) => {
    const y = 44 + STEP * i;
    const mark = baseline
      ? `<line x1="${x(baseline).toFixed(1)}" y1="${y - 2}" x2="${x(baseline).toFixed(1)}" y2="${y + 18}" stroke="#d98a1f" stroke-width="3"/>`
      : '';
    return (
      `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${escaped(label)}</text>` +
      `<rect x="${LEFT}" y="${y}" width="${Math.max(1, x(value) - LEFT).toFixed(1)}" height="16" fill="#1f6fb4"/>${mark}` +
      `<text x="${(x(value) + 6).toFixed(1)}" y="${y + 13}">${value.toPrecision(3)}</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" font-size="12">` +
    `<title>${escaped(title)}</title><rect width="${WIDTH}" height="${height}" fill="#fff"/><text x="16" y="22" font-size="15">${escaped(title)}</text>` +
    `${grid.join('')}${rows.join('')}</svg>\n`
  );
};
