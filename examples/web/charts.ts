/** @file Line charts of the training page. Loaded after the page is there: a chart library takes a while to start. */
import { Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js';
import { byId } from './room.ts';

Chart.register(LinearScale, LineController, LineElement, PointElement, Tooltip);

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LineChart {
  /** Draws these points in place of those before. */
  draw(points: readonly Point[]): void;
}

export interface LineOptions {
  readonly x: string;
  readonly y: string;
  /** Ends of both axes; without it they follow the data. */
  readonly max?: number;
  /** A dashed line to compare with. */
  readonly beside?: readonly Point[];
}

const style = getComputedStyle(document.documentElement);
/** Asked for at each drawing, because light may turn to dark while the page is open. */
const colour = (name: string) => (): string => style.getPropertyValue(name).trim();

const axis = (text: string, max: number | undefined) => ({
  type: 'linear' as const,
  title: { display: true, text, color: colour('--soft')() },
  ticks: {
    color: colour('--soft'),
    maxTicksLimit: 6,
    // In place of the library's: to start the browser's number formats takes longer than to draw the chart.
    callback: (x: number | string) => String(Number(Number(x).toPrecision(4))),
  },
  grid: { color: colour('--line') },
  beginAtZero: true,
  ...(max !== undefined && { max }),
});

export const lineChart = (id: string, { x, y, max, beside = [] }: LineOptions): LineChart => {
  const line = { data: [] as Point[], borderColor: colour('--accent'), backgroundColor: colour('--accent') };
  const chart = new Chart<'line', Point[]>(byId<HTMLCanvasElement>(id), {
    type: 'line',
    data: {
      datasets: [
        { ...line, borderWidth: 2.5, pointRadius: max === undefined ? 3 : 0 },
        {
          data: [...beside],
          borderColor: colour('--soft'),
          borderDash: [4, 4],
          borderWidth: 1,
          pointRadius: 0,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      plugins: { tooltip: { displayColors: false } },
      scales: { x: axis(x, max), y: axis(y, max) },
    },
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    chart.options.scales = { x: axis(x, max), y: axis(y, max) };
    chart.update();
  });
  return {
    draw: (points) => {
      chart.data.datasets[0]!.data = [...points];
      chart.update();
    },
  };
};
