/** @file Figures of a running service, and how it is: how much was done, never on what. */

/** One figure, or one for each set of labels. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

export interface Health {
  /** `failed` is for good; `waiting`: not everybody that it needs is there. */
  readonly status: 'ok' | 'waiting' | 'failed';
  /** Why, in words that hold no data. */
  readonly why?: string;
}

export interface Observable {
  health(): Health;
  metrics(): readonly Metric[];
}

/** A figure without labels. */
export const figure = (name: string, help: string, type: Metric['type'], value: number): Metric => ({
  name,
  help,
  type,
  values: [[{}, value]],
});

const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, (c) => `\\${c}`).replaceAll('\n', '\\n')}"`;

const labelsText = (labels: Readonly<Record<string, string>>): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
};

/** In the text format of Prometheus. */
export const metricsText = (metrics: readonly Metric[]): string =>
  metrics
    .flatMap(({ name, help, type, values }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...values.map(([labels, value]) => `${name}${labelsText(labels)} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
