/** @file The playground: an editor, a worker that runs its program, and what came of it. */
import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { EXAMPLES } from './examples.js';
import type { Costs, Program, Said } from './messages.ts';
import { decodeLink, encodeLink } from './share.ts';

const element = <T extends Element>(id: string): T => document.getElementById(id) as unknown as T;
const [status, out, program, bytes] = ['status', 'out', 'program', 'bytes'].map((id) => element<HTMLElement>(id));
const [run, stop, link] = ['run', 'stop', 'link'].map((id) => element<HTMLButtonElement>(id));
const [example, party] = ['example', 'party'].map((id) => element<HTMLSelectElement>(id));

/** So many bytes of what a party received are kept. */
const KEPT = 1 << 16;
const SHOWN = 512;

/** Colours of the page, which differ in light and dark. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
]);

// In a shadow root the editor's styles are constructed sheets, which the page's policy allows.
const root = element<HTMLElement>('editor').attachShadow({ mode: 'open' });
const view = new EditorView({
  doc: '',
  parent: root as unknown as Element,
  root,
  extensions: [
    basicSetup,
    javascript(),
    syntaxHighlighting(colours),
    lintGutter(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'Program' }),
    EditorView.theme({
      '&': { maxHeight: '75vh', fontSize: '14px', backgroundColor: 'var(--field)', color: 'var(--ink)' },
      '.cm-scroller': { overflow: 'auto' },
      '.cm-gutters': { backgroundColor: 'var(--field)', color: 'var(--quiet)', border: 'none' },
      '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
      '.cm-cursor': { borderLeftColor: 'var(--ink)' },
      '&.cm-focused': { outline: '3px solid var(--accent)' },
    }),
  ],
});

// Whoever has no mouse scrolls it by keys.
view.scrollDOM.tabIndex = 0;

const text = (): string => view.state.doc.toString();
const show = (doc: string): void => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: doc } });

let worker: Worker | undefined;
let received = new Map<string, { total: number; parts: Uint8Array[]; kept: number }>();

const say = (message: string, bad = false): void => {
  status!.textContent = message;
  status!.classList.toggle('bad', bad);
};

const ended = (): void => {
  worker?.terminate();
  worker = undefined;
  run!.disabled = false;
  stop!.hidden = true;
};

const number = new Intl.NumberFormat('en');
const size = (n: number): string => (n < 1e4 ? `${number.format(n)} B` : `${number.format(Math.round(n / 1e3))} kB`);

const showCosts = (costs: readonly Costs[]): void => {
  element('costs').textContent = costs
    .map(({ rounds, bytes: sent, dealerBytes, ms }) => {
      const each = Object.entries(sent).map(([name, n]) => `${name} ${size(n)}`);
      return `${rounds} rounds; sent by ${each.join(', ')}; made by the dealer ${size(dealerBytes)}; ${Math.round(ms)} ms`;
    })
    .join('. ');
  const rows = costs.flatMap(({ ops }) => ops).map(({ op, count, bytes: n, ms }) => {
    const row = document.createElement('tr');
    for (const cell of [op, String(count), number.format(n), ms.toFixed(1)]) row.append(Object.assign(document.createElement('td'), { textContent: cell }));
    return row;
  });
  element('ops').replaceChildren(...rows);
  document.querySelector('table')!.hidden = rows.length === 0;
};

const showSeen = (): void => {
  const seen = received.get(party!.value);
  const all = new Uint8Array(seen?.kept ?? 0);
  let at = 0;
  for (const part of seen?.parts ?? []) {
    all.set(part, at);
    at += part.length;
  }
  const hex = Array.from(all.subarray(0, SHOWN), (b) => b.toString(16).padStart(2, '0')).join(' ');
  bytes!.textContent = seen === undefined ? '' : `${hex}${seen.total > SHOWN ? ` ... ${number.format(seen.total)} bytes` : ''}`;
  const counts = new Array<number>(256).fill(0);
  for (const b of all) counts[b]!++;
  const most = Math.max(1, ...counts);
  element('histogram').replaceChildren(
    ...counts.map((n, i) => {
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      const height = (58 * n) / most;
      for (const [name, value] of Object.entries({ x: i, y: 60 - height, width: 0.8, height })) bar.setAttribute(name, String(value));
      return bar;
    }),
  );
};

const keep = (self: string, part: Uint8Array): void => {
  let seen = received.get(self);
  if (seen === undefined) {
    seen = { total: 0, parts: [], kept: 0 };
    received.set(self, seen);
    party!.append(new Option(self, self));
  }
  const kept = part.subarray(0, KEPT - seen.kept);
  seen.total += part.length;
  seen.kept += kept.length;
  if (kept.length > 0) seen.parts.push(kept);
};

const mark = (line: number | undefined, message: string): void => {
  const at = line !== undefined && line <= view.state.doc.lines ? view.state.doc.line(line) : undefined;
  const diagnostics = at ? [{ from: at.from, to: at.to, severity: 'error' as const, message }] : [];
  view.dispatch(setDiagnostics(view.state, diagnostics));
};

const heard: { readonly [K in Said['kind']]: (said: Said & { kind: K }) => void } = {
  line: ({ text: line }) => {
    out!.textContent += `${line}\n`;
  },
  recorded: ({ text: recorded }) => {
    program!.textContent += `${recorded}\n`;
  },
  received: ({ self, bytes: part }) => keep(self, part),
  costs: ({ costs }) => showCosts(costs),
  done: () => {
    say('Done.');
    showSeen();
    ended();
  },
  failed: ({ message, line, code }) => {
    say(line === undefined ? message : `Line ${line}: ${message}`, true);
    if (code !== undefined) {
      const href = `../reference/errors.html#${code.toLowerCase()}`;
      status!.append(' ', Object.assign(document.createElement('a'), { href, textContent: `${code}: cause and mend` }));
    }
    mark(line, message);
    showSeen();
    ended();
  },
};

run!.addEventListener('click', () => {
  ended();
  for (const place of [out, program, bytes]) place!.textContent = '';
  received = new Map();
  party!.replaceChildren();
  showCosts([]);
  mark(undefined, '');
  say('Running ...');
  run!.disabled = true;
  stop!.hidden = false;
  worker = new Worker('runner.js', { type: 'module', name: 'program' });
  worker.onmessage = ({ data }: MessageEvent<Said>) => heard[data.kind](data as never);
  worker.onerror = (event) => {
    say(event.message || 'the program could not be started', true);
    ended();
  };
  worker.postMessage({ text: text() } satisfies Program);
});
stop!.addEventListener('click', () => {
  ended();
  say('Stopped.');
});
link!.addEventListener('click', async () => {
  const url = new URL(location.href);
  url.hash = await encodeLink(text());
  history.replaceState(null, '', url);
  await navigator.clipboard?.writeText(url.href).catch(() => {});
  say('The link carries the program behind its #, which no server sees. It is in the address bar, and copied where the browser allows.');
});
party!.addEventListener('change', showSeen);
example!.append(...EXAMPLES.map(({ name, title }) => new Option(title, name)));
example!.addEventListener('change', () => show(EXAMPLES.find(({ name }) => name === example!.value)!.text));

const shared = await decodeLink(location.hash).catch(() => undefined);
show(shared ?? EXAMPLES[0]!.text);
if (location.hash.length > 1 && shared === undefined) say('The link holds no program.', true);
