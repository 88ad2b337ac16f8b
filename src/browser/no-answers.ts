/** @file A page has no ports: the post box of a collection is at a party in Node or Deno. */
import { fail } from '../errors.ts';
import type { AnswerEntry } from '../link/answers.ts';

export const serveAnswers: AnswerEntry['serveAnswers'] = async () =>
  fail('UNSUPPORTED', 'sf.collect: a page has no ports: `at` is a party in Node or Deno');
