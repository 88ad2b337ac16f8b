/** @file Prints digests of what the functions of src/ring/math make of `n` lists of arguments each: `digests.js 100000`. */
import { digests } from '../ring/math-inputs.ts';

console.log(JSON.stringify(digests(Number(process.argv[2]))));
