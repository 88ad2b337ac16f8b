/** @file Reports of commands: one HTML file without scripts, with everything in it. */
import type { Description } from '../frame/cleaning.ts';

/** A picture of numbers. */
export interface Picture {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  /** What the axes show, 0 to 1 unless given. */
  readonly across?: readonly [number, number];
  readonly up?: readonly [number, number];
}

/** Heights from 0 on, with names. */
export interface Bars {
  readonly title: string;
  readonly bars: readonly (readonly [name: string, height: number])[];
}

export interface Report {
  readonly title: string;
  /** Names and values. */
  readonly figures: readonly (readonly [string, string | number])[];
  readonly pictures?: readonly Picture[];
  readonly bars?: readonly Bars[];
  /** With a line of names first. */
  readonly tables?: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  /** What was revealed, and to whom. */
  readonly revealed: readonly (readonly [what: string, who: string])[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => ENTITIES[c]!);

/** Up to six digits. */
const shortened = (v: string | number): string =>
  typeof v === 'number' && !Number.isInteger(v) ? String(Number(v.toPrecision(6))) : String(v);

const SIZE = 260;
const EDGE = 44;
const COLOURS = ['#1f6fb4', '#b0b0b0', '#d98a1f'];

const drawn = ({ title, x, y, lines, across = [0, 1], up = [0, 1] }: Picture): string => {
  const share = (v: number, [low, high]: readonly [number, number]): number => (v - low) / (high - low);
  const mark = (t: number, [low, high]: readonly [number, number]): string =>
    String(Number((low + t * (high - low)).toPrecision(3)));
  const at = ([u, v]: readonly [number, number]): string =>
    `${(EDGE + share(u, across) * SIZE).toFixed(1)},${(EDGE / 2 + (1 - share(v, up)) * SIZE).toFixed(1)}`;
  const ticks = [0, 0.5, 1].map(
    (t) =>
      `<text x="${EDGE + t * SIZE}" y="${EDGE / 2 + SIZE + 16}" text-anchor="middle">${mark(t, across)}</text>` +
      `<text x="${EDGE - 6}" y="${EDGE / 2 + (1 - t) * SIZE + 4}" text-anchor="end">${mark(t, up)}</text>`,
  );
  const curves = lines.map(
    (points, i) =>
      `<polyline points="${points.map(at).join(' ')}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2"/>`,
  );
  const [width, height] = [EDGE + SIZE + 16, EDGE / 2 + SIZE + EDGE];
  return (
    `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">` +
    `<rect x="${EDGE}" y="${EDGE / 2}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>${ticks.join('')}${curves.join('')}` +
    `<text x="${EDGE + SIZE / 2}" y="${height - 8}" text-anchor="middle">${escaped(x)}</text>` +
    `<text transform="translate(12 ${EDGE / 2 + SIZE / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text></svg></figure>`
  );
};

/** Bars as lengths beside their names; those below zero in another colour. */
const barred = ({ title, bars }: Bars): string => {
  const most = Math.max(...bars.map(([, v]) => Math.abs(v)), Number.MIN_VALUE);
  const lines = bars.map(
    ([name, v]) =>
      `<tr><th>${escaped(name)}</th><td><i style="width:${((160 * Math.abs(v)) / most).toFixed(1)}px;background:${v < 0 ? COLOURS[2] : COLOURS[0]}"></i></td><td>${shortened(v)}</td></tr>`,
  );
  return `<figure><figcaption>${escaped(title)}</figcaption><table>${lines.join('')}</table></figure>`;
};

const tabled = (rows: readonly (readonly string[])[]): string =>
  `<table>${rows
    .map(
      (row, i) =>
        `<tr>${row.map((cell, j) => (i === 0 || j === 0 ? `<th>${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join('')}</tr>`,
    )
    .join('')}</table>`;

/** The file's text. */
export const html = ({
  title,
  figures,
  pictures = [],
  bars = [],
  tables = [],
  revealed,
}: Report): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>
:root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;margin:.5rem 0}th,td{padding:.15rem .7rem;text-align:left;border-bottom:1px solid #e4e4e4}
th{font-weight:600}figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}figcaption{font-weight:600}svg text{font:12px system-ui,sans-serif;fill:#444}i{display:inline-block;height:.7rem}
.wide{overflow-x:auto}
</style>
<h1>${escaped(title)}</h1>
${tabled([['', ''], ...figures.map(([name, v]) => [name, shortened(v)] as const)].slice(1))}
${pictures.map(drawn).join('\n')}
${bars.map(barred).join('\n')}
${tables.map((t) => `<h2>${escaped(t.title)}</h2><div class="wide">${tabled(t.rows)}</div>`).join('\n')}
<h2>What was revealed, and to whom</h2>
${tabled([['what', 'to whom'], ...revealed])}
</html>
`;

/** Columns of numbers in bins of one width, as bars. */
export const histograms = (
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
  bins = 12,
): Bars[] =>
  columns.flatMap(({ name, values }) => {
    const there = values.filter((v) => !Number.isNaN(v));
    const [low, high] = there.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [
      Infinity,
      -Infinity,
    ] as [number, number]);
    if (!(high > low)) return [];
    const counts = new Array<number>(bins).fill(0);
    for (const v of there) counts[Math.min(bins - 1, Math.floor((bins * (v - low)) / (high - low)))]! += 1;
    const edge = (b: number): string => shortened(low + ((high - low) * b) / bins);
    return [{ title: name, bars: counts.map((n, b) => [`${edge(b)} to ${edge(b + 1)}`, n] as const) }];
  });

/** Descriptions as a table, with names. */
export const describedRows = (columns: readonly Description[]): string[][] => [
  ['column', 'dtype', 'count', 'missing', 'distinct', 'mean', 'std', 'min', '25 %', '50 %', '75 %', 'max'],
  ...columns.map((c) => {
    const numbers = [c.mean, c.std, c.min, ...(c.quartiles ?? [null, null, null]), c.max];
    const counts = [c.count, c.missing, c.distinct].map(String);
    return [c.name, c.dtype, ...counts, ...numbers.map((v) => (v === null ? '' : shortened(v)))];
  }),
];
