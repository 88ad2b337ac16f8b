/** @file The page of demo (c): a drawn digit through somebody else's network. */
import { digits, type Network } from './programs.ts';
import { byId, inThisTab, openRoom, openTab, painter, run, type Seat, say, show } from './room.ts';

const INK = 'rgb(20, 25, 40)';
const GRID = 32;
/** 1024 bytes as a square. */
const MASKED_SIDE = 32;

interface Sample {
  readonly digit: number;
  readonly pixels: readonly number[];
}

const loadNetwork = async (): Promise<Network & { readonly samples: readonly Sample[] }> =>
  (await (await fetch('net/digits-net.json')).json()) as Network & { samples: readonly Sample[] };

const weights = ({ w1, b1, w2, b2 }: Network): Network => ({ w1, b1, w2, b2 });

/** Where the ink is: [left, top, width, height], or undefined. */
const inkIn = (image: ImageData): readonly [number, number, number, number] | undefined => {
  let [left, top, right, bottom] = [image.width, image.height, -1, -1];
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++)
      if (image.data[(y * image.width + x) * 4 + 3]! > 64) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
  return right < 0 ? undefined : [left, top, right - left + 1, bottom - top + 1];
};

/** As the data set was made: 32 x 32 dots, counted in blocks of 4 x 4. */
const pixelsOf = (pad: HTMLCanvasElement): number[] | undefined => {
  const context = pad.getContext('2d')!;
  const ink = inkIn(context.getImageData(0, 0, pad.width, pad.height));
  if (ink === undefined) return undefined;
  const [left, top, width, height] = ink;
  const scaled = new OffscreenCanvas(GRID, GRID).getContext('2d', { willReadFrequently: true })!;
  const factor = GRID / Math.max(height, width);
  const [w, h] = [width * factor, height * factor];
  scaled.drawImage(pad, left, top, width, height, (GRID - w) / 2, (GRID - h) / 2, w, h);
  const { data } = scaled.getImageData(0, 0, GRID, GRID);
  return Array.from({ length: 64 }, (_, k) => {
    let sum = 0;
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) sum += data[(((k >> 3) * 4 + y) * GRID + (k & 7) * 4 + x) * 4 + 3]! / 255;
    return Math.round(sum) / 16;
  });
};

/** Drawing with a pointer. `changed` is called after each stroke. */
const drawOn = (pad: HTMLCanvasElement, changed: () => void): void => {
  const context = pad.getContext('2d', { willReadFrequently: true })!;
  Object.assign(context, { lineWidth: 24, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
  const at = (event: PointerEvent): [number, number] => {
    const box = pad.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * pad.width) / box.width,
      ((event.clientY - box.top) * pad.height) / box.height,
    ];
  };
  let last: [number, number] | undefined;
  pad.onpointerdown = (event) => {
    pad.setPointerCapture(event.pointerId);
    last = at(event);
  };
  pad.onpointermove = (event) => {
    if (last === undefined) return;
    const next = at(event);
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...next);
    context.stroke();
    last = next;
  };
  const end = (): void => {
    if (last !== undefined) changed();
    last = undefined;
  };
  pad.onpointerup = end;
  pad.onpointercancel = end;
};

const paintSmall = (pixels: readonly number[]): void => {
  const context = byId<HTMLCanvasElement>('small').getContext('2d')!;
  const image = context.createImageData(8, 8);
  pixels.forEach((x, i) => {
    const grey = 255 - Math.round(x * 255);
    image.data.set([grey, grey, grey, 255], i * 4);
  });
  context.putImageData(image, 0, 0);
};

/** The picture as it goes in: a number of 16 bytes for each pixel, which is the pixel and a mask. */
const MASKED_BYTES = 64 * 16;

/** Paints, of what leaves this party after a question, the message that the picture goes in with. */
const maskedPicture = () => {
  const paint = painter('masked', MASKED_SIDE);
  let asked = false;
  return {
    ask: () => {
      asked = true;
    },
    sent: (bytes: Uint8Array): void => {
      if (!asked || bytes.length < MASKED_BYTES) return;
      asked = false;
      paint(bytes.subarray(bytes.length - MASKED_BYTES));
      byId('masked').setAttribute(
        'aria-label',
        'Your drawing as it leaves this page: grey values without a pattern',
      );
    },
  };
};
const masked = maskedPicture();

const tell = (probabilities: readonly number[], ms: number): void => {
  const best = probabilities.indexOf(Math.max(...probabilities));
  byId('answer').textContent = String(best);
  byId('bars').replaceChildren(
    ...probabilities.map((p, digit) => {
      const item = document.createElement('li');
      const bar = document.createElement('progress');
      bar.max = 1;
      bar.value = p;
      bar.setAttribute('aria-label', `probability of ${digit}`);
      const [name, share] = [document.createElement('span'), document.createElement('span')];
      name.textContent = String(digit);
      share.textContent = `${(p * 100).toFixed(1)} %`;
      item.className = digit === best ? 'best' : '';
      item.append(name, bar, share);
      return item;
    }),
  );
  document.body.dataset.ms = String(ms);
  say(`The network says ${best}, after ${ms} ms.`, 'good');
};

type Look = ReturnType<typeof digits>['look'];

/** What alice has chosen, and whether she waits for an answer. */
interface Asked {
  readonly pixels: readonly number[] | undefined;
  readonly asked: boolean;
}

/** Alice's side: draws, and asks; `keep` hears of what she has chosen. Rejects when a question cannot be answered. */
const ask = async (
  samples: readonly Sample[],
  look: Look,
  before: Asked | undefined,
  keep: (now: Asked) => void,
): Promise<never> => {
  const pad = byId<HTMLCanvasElement>('pad');
  const go = byId<HTMLButtonElement>('go');
  const sample = byId<HTMLSelectElement>('sample');
  let failed: (e: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    failed = reject;
  });
  let pixels: readonly number[] | undefined;
  const take = (next: readonly number[] | undefined): void => {
    pixels = next;
    go.disabled = next === undefined;
    paintSmall(next ?? []);
    keep({ pixels, asked: false });
  };
  const wipe = (): void => pad.getContext('2d')!.clearRect(0, 0, pad.width, pad.height);
  drawOn(pad, () => {
    sample.value = '';
    take(pixelsOf(pad));
  });
  sample.replaceChildren(sample.options[0]!);
  for (const { digit } of samples) sample.append(new Option(`a ${digit}`, String(digit)));
  sample.onchange = () => {
    wipe();
    take(samples.find(({ digit }) => String(digit) === sample.value)?.pixels);
  };
  byId('clear').onclick = () => {
    wipe();
    sample.value = '';
    take(undefined);
  };
  go.onclick = async () => {
    go.disabled = true;
    keep({ pixels, asked: true });
    const start = performance.now();
    say('Computing on masked values ...', 'busy');
    masked.ask();
    try {
      const answer = await look(pixels);
      tell(answer!, Math.round(performance.now() - start));
      keep({ pixels, asked: false });
      go.disabled = false;
    } catch (e) {
      failed(e);
    }
  };
  if (before?.pixels !== undefined) {
    take(before.pixels);
    if (before.asked) go.click();
  }
  return lost;
};

/** Bob's side: serves picture after picture, and sees none. */
const serve = async (look: Look): Promise<never> => {
  for (let n = 1; ; n++) {
    await look(undefined);
    byId('served').textContent =
      `${n} ${n === 1 ? 'picture' : 'pictures'} classified. You have seen none of them.`;
  }
};

void run(async () => {
  const { samples, ...rest } = await loadNetwork();
  const network = weights(rest);
  if (new URLSearchParams(location.search).has('tab')) {
    inThisTab();
    const { session, dealer } = await openTab((from, bytes, self) => {
      if (self === 'bob' && from === 'alice') masked.sent(bytes);
    });
    const { look, ready } = digits(session, network, dealer);
    await ready();
    show('alice');
    say('You are Alice and Bob. Draw a digit.');
    document.body.dataset.ready = 'yes';
    await ask(samples, look, undefined, () => {});
  }
  const { self, interrupted, attend, keep } = await openRoom('digits');
  show(self);
  document.body.dataset.ready = 'yes';
  let asked = interrupted as Asked | undefined;
  const work = async ({ session, dealer }: Seat): Promise<never> => {
    const { look } = digits(session, self === 'bob' ? network : undefined, dealer);
    document.body.dataset.joined = 'yes';
    say(self === 'bob' ? 'Ready: waiting for pictures.' : 'Bob is here. Draw a digit.', 'good');
    if (self === 'bob') return serve(look);
    return ask(samples, look, asked, (now) => {
      asked = now;
      keep(now);
    });
  };
  await attend(asked, work, { onSent: (_, bytes) => masked.sent(bytes) });
});
