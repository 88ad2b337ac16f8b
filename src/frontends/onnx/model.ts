/** @file What an ONNX model is once it is read: graphs of nodes, tensors and attributes, with places for errors. */
import { fail } from '../../errors.ts';
import type { NDArray } from '../../numpy/index.ts';

/** Size of an axis that is known only when the model is called. */
export const OPEN = -1;

/** A tensor of the file. Floats are widened to float64, texts are places in the model's list of words. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** 'float32', 'int64', 'string', ... */
  readonly element: string;
  /** undefined: a weight, which is given when the model is called. */
  readonly data: NDArray['data'] | undefined;
  /** The name of the weight; that of the tensor unless said. */
  readonly weight?: string | undefined;
}

export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  /** In a function of the model: an attribute of who calls it. */
  | { readonly kind: 'reference'; readonly value: string }
  | { readonly kind: 'unknown' };

export type Attributes = ReadonlyMap<string, Attribute>;

export interface Node {
  readonly op: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** '' where an input is left out or an output is not wanted. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Where it stands, for people: 'node 12 "/conv1/Conv"'. */
  readonly place: string;
}

/** An input or output. What is no tensor has no shape and no element. */
export interface Port {
  readonly name: string;
  readonly element: string | undefined;
  readonly shape: readonly number[] | undefined;
  /** 'tensor', or what stands there in its place. */
  readonly kind: string;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly tensors: readonly Tensor[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface ModelFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a caller does not give. */
  readonly defaults: Attributes;
  readonly nodes: readonly Node[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface Model {
  readonly graph: Graph;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, ModelFunction>;
  /** Texts of the model: a text is a number here, its place in this list. */
  readonly words: readonly string[];
}

/** Limits for what comes from a file. */
export const LIMITS = {
  /** Messages in messages, functions that call functions. */
  depth: 100,
  nodes: 500_000,
  axes: 32,
  /** Elements of a tensor. */
  elements: 0x80000000,
} as const;

/** The place of tensors that are given when a model is called begins with this; their weight's name follows. */
export const WEIGHTS = 'weights:';

export const ONNX = '';
export const ML = 'ai.onnx.ml';

/** Nodes and functions are looked up by domain and name. */
export const keyOf = (domain: string, op: string): string => (domain === ONNX ? op : `${domain}.${op}`);

/** An error in a file: what, and where. */
export const malformed = (what: string, place: string): never =>
  fail('SERIALIZATION', `the model cannot be read: ${what}, at ${place}`, { place });

export const weightName = ({ name, weight }: Tensor): string => weight ?? name;
