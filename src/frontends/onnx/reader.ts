/** @file Reads models: the messages of onnx.proto (github.com/onnx/onnx, IR versions 3 to 13) that matter to who runs them. */
import { elementName, elementOf } from './elements.ts';
import {
  type Attribute,
  type Graph,
  keyOf,
  LIMITS,
  type Model,
  type ModelFunction,
  malformed,
  type Node,
  OPEN,
  type Port,
  type Tensor,
  WEIGHTS,
} from './model.ts';
import { type Fields, Reader } from './protobuf.ts';

const DOMAINS: Readonly<Record<string, string>> = { 'ai.onnx': '' };
const domainOf = (name: string): string => DOMAINS[name] ?? name;

class ModelReader {
  readonly words: string[] = [];
  readonly #places = new Map<string, number>();
  #nodes = 0;

  /** The place of a text in the list of words. */
  word(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.words.length);
    return this.words.push(text) - 1;
  }

  tensor(reader: Reader): Tensor {
    const place = reader.place;
    const shape: number[] = [];
    const [floats, ints, longs, doubles, texts]: [number[], number[], number[], number[], number[]] = [
      [],
      [],
      [],
      [],
      [],
    ];
    let [name, code, elsewhere]: [string, number, boolean] = ['', 0, false];
    let raw: Uint8Array | undefined;
    let weight: string | undefined;
    reader.message({
      1: (f) => f.ints(shape),
      2: (f) => {
        code = f.int();
      },
      4: (f) => f.floats(floats),
      5: (f) => f.ints(ints),
      6: (f) => texts.push(this.word(f.text())),
      7: (f) => f.halves(longs),
      8: (f) => {
        name = f.text();
      },
      9: (f) => {
        raw = f.bytes();
      },
      10: (f) => f.doubles(doubles),
      11: (f) => f.halves(longs),
      13: (f) => {
        let [key, value] = ['', ''];
        f.message({
          1: (t) => {
            key = t.text();
          },
          2: (t) => {
            value = t.text();
          },
        });
        if (key === 'location' && value.startsWith(WEIGHTS)) weight = value.slice(WEIGHTS.length);
      },
      14: (f) => {
        elsewhere = f.int() === 1;
      },
    });
    const size = sizeOf(shape, place);
    const element = elementName(code);
    if (elsewhere) return { name, shape, element, data: undefined, weight };
    const { bytes, of } = elementOf(element, place);
    const numbers = (): ArrayBuffer => {
      if (code === 1) return Float32Array.from(floats).buffer;
      if (code === 11) return Float64Array.from(doubles).buffer;
      if (code === 8) return BigInt64Array.from(texts, BigInt).buffer;
      if (code === 7 || code === 13) return Uint32Array.from(longs).buffer;
      // A uint32 stands among numbers of 64 bits, all that is smaller among those of 32.
      const small = code === 12 ? longs.filter((_, i) => i % 2 === 0) : ints;
      const typed = bytes === 4 ? Uint32Array : bytes === 2 ? Uint16Array : Uint8Array;
      return typed.from(small).buffer;
    };
    const buffer = raw ? Uint8Array.from(raw).buffer : numbers();
    if (buffer.byteLength !== size * bytes)
      return malformed(
        `${name === '' ? 'a tensor' : JSON.stringify(name)} has ${size} elements of ${element} and ${buffer.byteLength} bytes`,
        place,
      );
    return { name, shape, element, data: of(buffer) };
  }

  #attribute(reader: Reader): readonly [string, Attribute] {
    const place = reader.place;
    const [floats, ints, strings]: [number[], number[], string[]] = [[], [], []];
    let [name, type]: [string, number] = ['', 0];
    let [f, i, s]: [number, number, string] = [0, 0, ''];
    let reference: string | undefined;
    let tensor: Tensor | undefined;
    let graph: Graph | undefined;
    reader.message({
      1: (r) => {
        name = r.text();
      },
      2: (r) => {
        f = r.float();
      },
      3: (r) => {
        i = r.int();
      },
      4: (r) => {
        s = r.text();
        this.word(s);
      },
      5: (r) => {
        tensor = this.tensor(r);
      },
      6: (r) => {
        graph = this.graph(r);
      },
      7: (r) => r.floats(floats),
      8: (r) => r.ints(ints),
      9: (r) => {
        const text = r.text();
        this.word(text);
        strings.push(text);
      },
      20: (r) => {
        type = r.int();
      },
      21: (r) => {
        reference = r.text();
      },
    });
    const missing = (): never => malformed(`attribute ${JSON.stringify(name)} has no value`, place);
    if (reference !== undefined && reference !== '') return [name, { kind: 'reference', value: reference }];
    switch (type) {
      case 1:
        return [name, { kind: 'float', value: f }];
      case 2:
        return [name, { kind: 'int', value: i }];
      case 3:
        return [name, { kind: 'string', value: s }];
      case 4:
        return [name, { kind: 'tensor', value: tensor ?? missing() }];
      case 5:
        return [name, { kind: 'graph', value: graph ?? missing() }];
      case 6:
        return [name, { kind: 'floats', value: floats }];
      case 7:
        return [name, { kind: 'ints', value: ints }];
      case 8:
        return [name, { kind: 'strings', value: strings }];
      default:
        return [name, { kind: 'unknown' }];
    }
  }

  attributes(reader: Reader, into: Map<string, Attribute>): void {
    const [name, attribute] = this.#attribute(reader);
    into.set(name, attribute);
  }

  node(reader: Reader, index: number): Node {
    const place = reader.place;
    if (++this.#nodes > LIMITS.nodes) return malformed(`more than ${LIMITS.nodes} nodes`, place);
    const [inputs, outputs]: [string[], string[]] = [[], []];
    const attributes = new Map<string, Attribute>();
    let [op, domain, name] = ['', '', ''];
    reader.message({
      1: (f) => inputs.push(f.text()),
      2: (f) => outputs.push(f.text()),
      3: (f) => {
        name = f.text();
      },
      4: (f) => {
        op = f.text();
      },
      5: (f) => this.attributes(f, attributes),
      7: (f) => {
        domain = domainOf(f.text());
      },
    });
    if (op === '' || outputs.length === 0) return malformed('a node without an operation or outputs', place);
    return {
      op,
      domain,
      name,
      inputs,
      outputs,
      attributes,
      place: name === '' ? `node ${index}` : `node ${index} ${JSON.stringify(name)}`,
    };
  }

  #port(reader: Reader): Port {
    let [name, kind]: [string, string] = ['', 'nothing'];
    let element: string | undefined;
    let shape: number[] | undefined;
    const dimension = (r: Reader): void => {
      let size = OPEN;
      r.message({
        1: (f) => {
          const n = f.int();
          size = n < 0 ? OPEN : n;
        },
      });
      if (shape?.push(size) === LIMITS.axes) r.fail(`more than ${LIMITS.axes} axes`);
    };
    const tensor: Fields = {
      1: (f) => {
        element = elementName(f.int());
      },
      2: (f) => {
        shape = [];
        f.message({ 1: dimension });
      },
    };
    const other =
      (what: string) =>
      (f: Reader): void => {
        f.bytes();
        kind = what;
      };
    reader.message({
      1: (f) => {
        name = f.text();
      },
      2: (f) =>
        f.message({
          1: (t) => {
            kind = 'tensor';
            t.message(tensor);
          },
          4: other('sequence'),
          5: other('map'),
          8: other('sparse tensor'),
          9: other('optional value'),
        }),
    });
    return { name, element, shape, kind };
  }

  graph(reader: Reader): Graph {
    const [nodes, tensors, inputs, outputs]: [Node[], Tensor[], Port[], Port[]] = [[], [], [], []];
    let name = '';
    reader.message({
      1: (f) => nodes.push(this.node(f, nodes.length)),
      2: (f) => {
        name = f.text();
      },
      5: (f) => tensors.push(this.tensor(f)),
      11: (f) => inputs.push(this.#port(f)),
      12: (f) => outputs.push(this.#port(f)),
      15: (f) => f.fail('tensors in sparse form, which are not read'),
    });
    return { name, nodes, tensors, inputs, outputs };
  }

  opset(reader: Reader, into: Map<string, number>): void {
    let [domain, version] = ['', 0];
    reader.message({
      1: (f) => {
        domain = domainOf(f.text());
      },
      2: (f) => {
        version = f.int();
      },
    });
    into.set(domain, version);
  }

  modelFunction(reader: Reader): ModelFunction {
    const [inputs, outputs, nodes]: [string[], string[], Node[]] = [[], [], []];
    const defaults = new Map<string, Attribute>();
    const opsets = new Map<string, number>();
    let [name, domain] = ['', ''];
    reader.message({
      1: (f) => {
        name = f.text();
      },
      4: (f) => inputs.push(f.text()),
      5: (f) => outputs.push(f.text()),
      7: (f) => nodes.push(this.node(f, nodes.length)),
      9: (f) => this.opset(f, opsets),
      10: (f) => {
        domain = domainOf(f.text());
      },
      11: (f) => this.attributes(f, defaults),
    });
    return { name, domain, inputs, outputs, defaults, nodes, opsets };
  }
}

const sizeOf = (shape: readonly number[], place: string): number => {
  let size = 1;
  for (const n of shape) {
    if (n < 0) return malformed(`an axis of ${n}`, place);
    size *= n;
  }
  if (size > LIMITS.elements || shape.length > LIMITS.axes)
    return malformed(`a tensor of ${shape.join(' x ')}`, place);
  return size;
};

/** Throws SERIALIZATION with the place in the file. */
export const readModel = (bytes: Uint8Array): Model => {
  const own = new ModelReader();
  const opsets = new Map<string, number>();
  const functions = new Map<string, ModelFunction>();
  let graph: Graph | undefined;
  new Reader(bytes).read({
    7: (f) => {
      graph = own.graph(f);
    },
    8: (f) => own.opset(f, opsets),
    25: (f) => {
      const read = own.modelFunction(f);
      functions.set(keyOf(read.domain, read.name), read);
    },
  });
  if (!graph) return malformed('it has no graph', 'its end');
  return { graph, opsets, functions, words: own.words };
};
