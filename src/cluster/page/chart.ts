/** @file Two lines over the time since the cluster began, each with an axis of its own. */
import {
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  Chart as Picture,
  PointElement,
  Tooltip,
} from 'chart.js';
import { h, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Moment } from '../history.ts';

Picture.register(Filler, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

export interface Line {
  readonly name: string;
  readonly of: (moment: Moment) => number;
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Asked for at each drawing, because light may turn to dark while the page is open. */
const coloured =
  (name: string, more = '') =>
  (): string =>
    colour(name) + more;

const DARK = matchMedia('(prefers-color-scheme: dark)');

const pictureOf = (canvas: HTMLCanvasElement, lines: readonly [Line, Line]): Picture => {
  const [ink, grid] = [coloured('--soft'), coloured('--line')];
  const names = ['--accent', '--warm'];
  const axis = (i: number) => ({
    position: i === 0 ? ('left' as const) : ('right' as const),
    beginAtZero: true,
    suggestedMax: 1,
    ticks: { color: coloured(names[i]!), maxTicksLimit: 5, precision: 0 },
    grid: { color: grid, drawOnChartArea: i === 0 },
  });
  return new Picture(canvas, {
    type: 'line',
    data: {
      datasets: lines.map(({ name }, i) => ({
        label: name,
        data: [],
        yAxisID: i === 0 ? 'y' : 'y1',
        borderColor: coloured(names[i]!),
        backgroundColor: coloured(names[i]!, '22'),
        borderWidth: 1.5,
        pointRadius: 0,
        tension: 0.2,
        fill: i === 0,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      plugins: {
        legend: { labels: { color: ink(), boxWidth: 12 } },
        tooltip: { callbacks: { title: ([point]) => new Date(point?.parsed.x ?? 0).toLocaleTimeString() } },
      },
      scales: {
        x: {
          type: 'linear',
          ticks: {
            color: ink,
            maxTicksLimit: 6,
            maxRotation: 0,
            includeBounds: false,
            callback: (at) => new Date(Number(at)).toLocaleTimeString(),
          },
          grid: { display: false },
        },
        y: axis(0),
        y1: axis(1),
      },
    },
  });
};

export const Chart = ({
  label,
  lines,
  moments,
}: {
  readonly label: string;
  readonly lines: readonly [Line, Line];
  readonly moments: readonly Moment[];
}): JSX.Element => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<Picture>(undefined);
  useEffect(() => {
    const drawn = pictureOf(canvas.current!, lines);
    const again = (): void => {
      drawn.options.plugins!.legend!.labels!.color = colour('--soft');
      drawn.update();
    };
    picture.current = drawn;
    DARK.addEventListener('change', again);
    return () => {
      DARK.removeEventListener('change', again);
      drawn.destroy();
    };
  }, []);
  useEffect(() => {
    const { data } = picture.current!;
    lines.forEach(({ of }, i) => {
      data.datasets[i]!.data = moments.map((moment) => ({ x: moment.at, y: of(moment) }));
    });
    const [first, last] = [moments[0], moments.at(-1)];
    Object.assign(picture.current!.options.scales!.x!, { min: first?.at, max: last?.at });
    picture.current!.update();
  }, [moments]);
  return h('div', { class: 'chart' }, h('canvas', { ref: canvas, role: 'img', 'aria-label': label }));
};
