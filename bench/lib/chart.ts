/** @file Two values a row, joined by a line, in panels side by side on one logarithmic axis: SVG without scripts. */

export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** Of the two values. */
  readonly names: readonly [string, string];
  readonly panels: readonly string[];
  readonly rows: readonly string[];
  value(row: string, panel: string, which: 0 | 1): number | undefined;
}

const LEFT = 150;
const PANEL = 290;
const GAP = 40;
const TOP = 96;
const STEP = 26;
const COLOURS = ['#1f6fb4', '#d9731f'] as const;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const mark = (x: number, y: number, which: 0 | 1): string =>
  which === 0
    ? `<circle cx="${x.toFixed(1)}" cy="${y}" r="5.5" fill="${COLOURS[0]}"/>`
    : `<rect x="${(x - 4.5).toFixed(1)}" y="${y - 4.5}" width="9" height="9" transform="rotate(45 ${x.toFixed(1)} ${y})" fill="#fff" stroke="${COLOURS[1]}" stroke-width="2.5"/>`;

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y}"${more}>${escaped(words)}</text>`;

export const chart = (c: Chart): string => {
  const both = [0, 1] as const;
  const values = c.rows.flatMap((row) =>
    c.panels.flatMap((panel) => both.flatMap((which) => c.value(row, panel, which) ?? [])),
  );
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const width = LEFT + c.panels.length * (PANEL + GAP) + 12;
  const bottom = TOP + STEP * c.rows.length;
  const panels = c.panels.map((panel, i) => {
    const left = LEFT + i * (PANEL + GAP);
    const x = (v: number): number => left + ((Math.log10(v) - low) / Math.max(1, high - low)) * PANEL;
    const grid = Array.from({ length: high - low + 1 }, (_, k) => {
      const at = x(10 ** (low + k));
      return (
        `<line x1="${at.toFixed(1)}" y1="${TOP - 14}" x2="${at.toFixed(1)}" y2="${bottom}" stroke="#ddd"/>` +
        text(at, bottom + 18, String(10 ** (low + k)), ' text-anchor="middle" fill="#555"')
      );
    });
    const lines = c.rows.map((row, j) => {
      const y = TOP + STEP * j;
      const [a, b] = both.map((which) => c.value(row, panel, which)) as [
        number | undefined,
        number | undefined,
      ];
      const joined =
        a !== undefined && b !== undefined
          ? `<line x1="${x(a).toFixed(1)}" y1="${y}" x2="${x(b).toFixed(1)}" y2="${y}" stroke="${COLOURS[a > b ? 1 : 0]}" stroke-opacity="0.45" stroke-width="3"/>`
          : '';
      const marks = [b, a].map((v, k) => (v === undefined ? '' : mark(x(v), y, k === 0 ? 1 : 0)));
      return joined + marks.join('');
    });
    return (
      text(left, TOP - 26, `${panel} (${c.unit})`, ' font-weight="bold"') + grid.join('') + lines.join('')
    );
  });
  const labels = c.rows.map((row, j) => text(LEFT - 14, TOP + STEP * j + 4, row, ' text-anchor="end"'));
  const key = both.map(
    (which) => mark(LEFT + 5 + which * 110, 46, which) + text(LEFT + 18 + which * 110, 50, c.names[which]),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 32}" font-family="sans-serif" font-size="12.5" role="img">` +
    `<title>${escaped(c.title)}</title><rect width="${width}" height="${bottom + 32}" fill="#fff"/>` +
    `${text(16, 26, c.title, ' font-size="16"')}${key.join('')}` +
    `${text(LEFT + 230, 50, 'farther left is faster; a line in the colour of the faster one', ' fill="#555"')}` +
    `${labels.join('')}${panels.join('')}</svg>\n`
  );
};
