/** @file Writes a model as ONNX has it: the graph without its weights, which lie elsewhere ("external data" in ONNX's words). */
import { elementCode } from './elements.ts';
import type { Attribute, Graph, Model, Node, Port, Tensor } from './model.ts';
import { OPEN, WEIGHTS } from './model.ts';
import { Writer } from './protobuf.ts';

const IR_VERSION = 10;

const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Floats that stay are few: they are written as they were widened. */
const writtenAs = (element: string): string => (/^b?float/.test(element) ? 'float64' : element);

const tensor =
  ({ name, shape, element, data, weight }: Tensor, words: readonly string[]) =>
  (w: Writer): void => {
    for (const n of shape) w.int(1, n);
    w.int(2, elementCode(data === undefined ? element : writtenAs(element))).text(8, name);
    if (data === undefined)
      w.message(13, (entry) => {
        entry.text(1, 'location').text(2, `${WEIGHTS}${weight ?? name}`);
      }).int(14, 1);
    else if (element === 'string')
      for (const place of data as BigInt64Array) w.text(6, words[Number(place)] ?? '');
    else w.bytes(9, bytesOf(data));
  };

const attribute =
  (name: string, a: Attribute, words: readonly string[]) =>
  (w: Writer): void => {
    w.text(1, name);
    switch (a.kind) {
      case 'float':
        w.float(2, a.value).int(20, 1);
        break;
      case 'int':
        w.int(3, a.value).int(20, 2);
        break;
      case 'string':
        w.text(4, a.value).int(20, 3);
        break;
      case 'tensor':
        w.message(5, tensor(a.value, words)).int(20, 4);
        break;
      case 'graph':
        w.message(6, graph(a.value, words)).int(20, 5);
        break;
      case 'floats':
        for (const v of a.value) w.float(7, v);
        w.int(20, 6);
        break;
      case 'ints':
        for (const v of a.value) w.int(8, v);
        w.int(20, 7);
        break;
      case 'strings':
        for (const v of a.value) w.text(9, v);
        w.int(20, 8);
        break;
      case 'reference':
        w.text(21, a.value);
        break;
      case 'unknown':
        break;
    }
  };

const node =
  ({ op, domain, name, inputs, outputs, attributes }: Node, words: readonly string[]) =>
  (w: Writer): void => {
    for (const input of inputs) w.text(1, input);
    for (const output of outputs) w.text(2, output);
    w.text(3, name).text(4, op).text(7, domain);
    for (const [key, value] of attributes) w.message(5, attribute(key, value, words));
  };

const port =
  ({ name, element, shape, kind }: Port) =>
  (w: Writer): void => {
    w.text(1, name);
    if (kind !== 'tensor') return;
    w.message(2, (type) => {
      type.message(1, (t) => {
        if (element !== undefined) t.int(1, elementCode(element));
        if (shape)
          t.message(2, (dimensions) => {
            for (const n of shape)
              dimensions.message(1, (dimension) => {
                if (n !== OPEN) dimension.int(1, n);
              });
          });
      });
    });
  };

const graph =
  ({ name, nodes, tensors, inputs, outputs }: Graph, words: readonly string[]) =>
  (w: Writer): void => {
    for (const n of nodes) w.message(1, node(n, words));
    w.text(2, name);
    for (const t of tensors) w.message(5, tensor(t, words));
    for (const p of inputs) w.message(11, port(p));
    for (const p of outputs) w.message(12, port(p));
  };

const opsets = (w: Writer, field: number, versions: ReadonlyMap<string, number>): void => {
  for (const [domain, version] of versions)
    w.message(field, (o) => {
      o.text(1, domain).int(2, version);
    });
};

export const writeModel = (model: Model): Uint8Array => {
  const w = new Writer();
  w.int(1, IR_VERSION).message(7, graph(model.graph, model.words));
  opsets(w, 8, model.opsets);
  for (const f of model.functions.values())
    w.message(25, (own) => {
      own.text(1, f.name).text(10, f.domain);
      for (const input of f.inputs) own.text(4, input);
      for (const output of f.outputs) own.text(5, output);
      for (const n of f.nodes) own.message(7, node(n, model.words));
      for (const [key, value] of f.defaults) own.message(11, attribute(key, value, model.words));
      opsets(own, 9, f.opsets);
    });
  return w.done();
};
