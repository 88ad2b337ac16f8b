/** @file A picture of ROC curves. */
import type { Roc } from './metrics.ts';

export interface Curve {
  readonly label: string;
  readonly points: Roc;
  readonly colour: string;
  readonly dashed?: boolean;
}

const SIZE = 400;
const LEFT = 64;
const TOP = 56;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

const x = (v: number): string => (LEFT + v * SIZE).toFixed(1);
const y = (v: number): string => (TOP + (1 - v) * SIZE).toFixed(1);
const escaped = (s: string): string => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const tick = (v: number): string =>
  `<path d="M${x(v)} ${y(0)}V${y(1)}M${x(0)} ${y(v)}H${x(1)}" class="grid"/>` +
  `<text x="${x(v)}" y="${TOP + SIZE + 18}" text-anchor="middle">${v}</text>` +
  `<text x="${LEFT - 8}" y="${Number(y(v)) + 4}" text-anchor="end">${v}</text>`;

const line = ({ points, colour, dashed }: Curve): string =>
  `<polyline points="${points.map(([fp, tp]) => `${x(fp)},${y(tp)}`).join(' ')}" fill="none" stroke="${colour}" ` +
  `stroke-width="2.5"${dashed ? ' stroke-dasharray="7 5"' : ''}/>`;

const legend = (curve: Curve, i: number): string => {
  const at = TOP + SIZE - 20 - i * 22;
  const sample = `<path d="M${LEFT + 150} ${at - 4}h28" stroke="${curve.colour}" stroke-width="2.5"`;
  return (
    `${sample}${curve.dashed ? ' stroke-dasharray="7 5"' : ''}/>` +
    `<text x="${LEFT + 186}" y="${at}">${escaped(curve.label)}</text>`
  );
};

/** The curves in one drawing; the last one is on top. */
export const rocSvg = (title: string, curves: readonly Curve[]): string => {
  const [width, height] = [LEFT + SIZE + 32, TOP + SIZE + 56];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>text{font:13px system-ui,sans-serif;fill:#333}.grid{stroke:#e4e4e4;fill:none}.frame{stroke:#999;fill:none}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="30" style="font-size:16px;font-weight:600">${escaped(title)}</text>
${TICKS.map(tick).join('\n')}
<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#bbb" stroke-dasharray="3 4"/>
<rect x="${LEFT}" y="${TOP}" width="${SIZE}" height="${SIZE}" class="frame"/>
${curves.map(line).join('\n')}
${curves.map(legend).join('\n')}
<text x="${LEFT + SIZE / 2}" y="${TOP + SIZE + 44}" text-anchor="middle">false positive rate</text>
<text transform="translate(18 ${TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">true positive rate</text>
</svg>
`;
};
