/**
 * @file What MP-SPDZ took on a machine like that of bench/RESULTS.md, on another day: commit 3a0a7b1, dealer-ring-party.x
 * in Z_2^128 with edaBits, two parties and the dealer on loopback of 2 cores, TLS, material made on demand, least of three
 * runs. `npm run bench -- --peer mp-spdz` measures it in the same run where its binaries are.
 */

export interface Quoted {
  readonly workload: string;
  readonly seconds: number;
  /** What differs from the workload here. */
  readonly as: string;
}

export const MP_SPDZ: readonly Quoted[] = [
  { workload: 'multiply 1e5', seconds: 0.0384, as: 'integers' },
  { workload: 'less 1e5', seconds: 0.117, as: 'integers of 128 bits' },
  { workload: 'divide 1e4', seconds: 0.116, as: '24 fraction bits' },
  { workload: 'exp 1e4', seconds: 0.186, as: '24 fraction bits' },
  { workload: 'log 1e4', seconds: 0.425, as: '24 fraction bits' },
  { workload: 'sqrt 1e4', seconds: 0.472, as: '24 fraction bits' },
  { workload: 'matmul 512', seconds: 1.27, as: '40 fraction bits, probabilistic truncation' },
  { workload: 'logistic 1000x100', seconds: 2.44, as: 'exact sigmoid, 24 fraction bits' },
  { workload: 'sort 1e4', seconds: 16.1, as: 'one run, in Z_2^64' },
];
