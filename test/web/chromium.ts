/** @file The browser of the tests, if the machine has one: Debian's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { suite as uvuSuite } from 'uvu';
import * as assert from 'uvu/assert';
import { type DemoServer, type DemoServerOptions, startDemoServer } from '../../examples/web/server.ts';
import { PATIENCE_MS } from '../patience.ts';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/** Of two lists of features Chromium takes the last: these are playwright's, and two pages below the field of addresses, which take longer than ours. */
const UNUSED = [
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints', 'NetworkTimeServiceQuerying', 'PreconnectToSearch', 'AimEnabled', 'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup',
]; // biome-ignore format: a list

const FLAGS = [
  `--disable-features=${UNUSED.join()}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;

const launch = (): Promise<Browser> => {
  browser ??= chromium.launch({ executablePath: executablePath!, args: FLAGS, timeout: PATIENCE_MS });
  return browser;
};

/** A fresh profile. */
export const newContext = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
  const context = await (await launch()).newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
};

/** A suite that is left out, with a word, where there is no browser. */
export const webSuite = (name: string) => {
  const inner = uvuSuite(name);
  if (executablePath === undefined) {
    console.log(`skipped: ${name} needs chromium (apt-get install -y chromium)`);
    return Object.assign((_title: string, _run: () => Promise<unknown>) => {}, { run: () => {} });
  }
  inner.after(async () => {
    await (await browser)?.close();
    browser = undefined;
  });
  const test = (title: string, run: () => Promise<unknown>) => {
    inner(title, async () => {
      await run();
    });
  };
  return Object.assign(test, { run: () => inner.run() });
};

export interface Stage {
  readonly server: DemoServer;
  /** A page of the demos, loaded and ready. `same`: in the same browser profile as pages before. */
  open(path: string): Promise<Page>;
  readonly context: BrowserContext;
  /** What pages complained about. */
  readonly errors: string[];
}

/** Runs `use` with a demo server and a fresh profile; fails if a page threw or was kept from something by its policy. */
export const stage = async (
  use: (stage: Stage) => Promise<void>,
  options: DemoServerOptions & {
    readonly phone?: boolean;
    readonly mayComplain?: boolean;
    readonly browser?: BrowserContextOptions;
  } = {},
): Promise<void> => {
  const server = await startDemoServer(options);
  const context = await newContext({
    viewport: options.phone === true ? { width: 390, height: 844 } : { width: 1100, height: 900 },
    ...options.browser,
  });
  const errors: string[] = [];
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', (e) => errors.push(e.message));
    page.on('console', (m) => {
      if (m.type() === 'error') errors.push(m.text());
    });
    // Tasks of the page's own thread that took more than 50 ms, from its start.
    await page.addInitScript(() => {
      const all: { startTime: number; duration: number }[] = [];
      Object.assign(globalThis, { longTasks: all });
      new PerformanceObserver((list) => all.push(...list.getEntries())).observe({
        type: 'longtask',
        buffered: true,
      });
    });
    await page.goto(path.startsWith('http') ? path : `${server.url}/${path}`);
    await page.waitForSelector('body[data-ready]');
    return page;
  };
  try {
    await use({ server, context, open, errors });
    if (options.mayComplain !== true) assert.equal(errors, [], 'no page complains');
  } finally {
    await context.close();
    await server.close();
  }
};

/** Waits until the page's status is good or bad, and matches. */
export const status = async (page: Page, wanted: RegExp): Promise<string> => {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const text = (await page.textContent('#status')) ?? '';
    if (wanted.test(text)) return text;
    const state = await page.getAttribute('#status', 'data-state');
    if (state === 'bad' || Date.now() > until) throw new Error(`the page says "${text}", not ${wanted}`);
    await new Promise((r) => setTimeout(r, 30));
  }
};

export interface Blocked {
  /** The longest tasks of the page's own thread in milliseconds, 0 if none took more than 50: while it loaded, and since. */
  readonly loading: number;
  readonly running: number;
  /** The part of the time since the parties met during which the page could not answer. */
  readonly share: number;
}

/** How long the page's own thread was kept busy at a time. `ms`: how long the work took since the parties met. */
export const blocked = (page: Page, ms: number): Promise<Blocked> =>
  page.evaluate((ms) => {
    const { longTasks } = globalThis as unknown as { longTasks: PerformanceEntry[] };
    const met = Number(document.body.dataset.met);
    const [before, since] = [true, false].map((early) =>
      longTasks.filter(({ startTime }) => startTime < met === early).map(({ duration }) => duration),
    ) as [number[], number[]];
    return {
      loading: Math.max(0, ...before),
      running: Math.max(0, ...since),
      share: since.reduce((a, b) => a + b, 0) / ms,
    };
  }, ms);

export const PICTURES = 'out/web';

/** A picture of the whole page, for people to look at. */
export const picture = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
};

/** Runs `use` with a browser of its own; says so, and runs nothing, where there is none. */
export const withBrowser = async (name: string, use: (browser: Browser) => Promise<void>): Promise<void> => {
  if (executablePath === undefined) {
    console.log(`skipped: ${name} needs chromium (apt-get install -y chromium)`);
    return;
  }
  const own = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
  try {
    await use(own);
  } finally {
    await own.close();
  }
};
