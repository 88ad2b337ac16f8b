/** @file Sentences that alice has. */
export const SENTENCES: readonly string[] = [
  'The bakery at the corner opens at six in the morning.',
  'Our pizzeria serves fresh pasta until midnight.',
  'Take a warm coat: it will snow in the mountains.',
  'The library lends books for four weeks.',
  'A new bicycle path leads along the river.',
  'The dentist has moved to the second floor.',
  'Trains to the airport leave every twenty minutes.',
  'The orchestra plays a symphony on Friday evening.',
  'Children under twelve swim for free on Sundays.',
  'The garage repairs cars and motorcycles.',
];
