/**
 * @file In bundles for browsers, what stands for the global `Function`: nothing is ever made from text. It throws no Error,
 * because V8 would parse the whole bundle a second time to tell where that came from.
 */
export class NoEvaluation {
  constructor() {
    throw 0;
  }
}
