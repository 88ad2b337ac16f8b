/** @file A bar on the terminal: how far the programs of a session are. Where nobody looks, there is none. */
import { SingleBar } from 'cli-progress';
import type { Progress, ProgressListener } from '../device/progress.ts';

/** Programs that are over sooner get none. */
const WORTH_MS = 500;

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const left = (ms: number | undefined): string =>
  ms === undefined
    ? ''
    : ms < 120e3
      ? `, ${Math.ceil(ms / 1e3)} s left`
      : `, ${Math.ceil(ms / 60e3)} min left`;

/** What stands behind the bar. */
const barText = ({ what, rounds, roundsInAll, bytes, at, remainingMs }: Progress): string =>
  `${what}: ${rounds} of ${roundsInAll} rounds, ${size(bytes)}${at === undefined ? '' : `, ${at}`}${left(remainingMs)}`;

/** The part that is over, from 0 to 1: by time where that is known, else by operations. */
const shareOf = ({ done, ms, remainingMs, ops, opsInAll }: Progress): number => {
  if (done) return 1;
  return remainingMs === undefined ? ops / Math.max(1, opsInAll) : ms / Math.max(1, ms + remainingMs);
};

/** For `session.onProgress`; draws on standard error, which is the terminal's or nobody's. */
export const progressBar = (out: NodeJS.WriteStream = process.stderr): ProgressListener => {
  let bar: SingleBar | undefined;
  let shown = -1;
  return (progress) => {
    if (!out.isTTY || progress.ms < WORTH_MS) return;
    if (bar === undefined && !progress.done) {
      bar = new SingleBar({
        stream: out,
        format: '{bar} {text}',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        linewrap: false,
      });
      bar.start(1, shareOf(progress), { text: barText(progress) });
      shown = progress.op;
    }
    if (progress.op !== shown) return;
    bar?.update(shareOf(progress), { text: barText(progress) });
    if (!progress.done) return;
    bar?.stop();
    bar = undefined;
    shown = -1;
  };
};
