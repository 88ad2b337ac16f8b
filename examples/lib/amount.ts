/** @file Sums of money as people write them: 56000, 56,000 or 56.000,50. In Node and in pages. */

/** A group of three digits after each mark, and cents after the other mark, if any. */
const grouped = (group: string, decimal: string): RegExp =>
  new RegExp(`^([1-9]\\d{0,2}(?:\\${group}\\d{3})+)(?:\\${decimal}(\\d{1,2}))?$`);

const FORMS: readonly RegExp[] = [
  /^(\d+)(?:[.,](\d{1,2}))?$/,
  grouped(',', '.'),
  grouped('.', ','),
  /^([1-9]\d{0,2}(?:['’ \u00a0\u202f]\d{3})+)(?:[.,](\d{1,2}))?$/,
];

/**
 * One sum of money, English or German: a mark before three digits parts thousands, one before one or two digits parts cents. Undefined for
 * what is no such number.
 * @example
 * parseAmount('56,000'); // 56000
 * parseAmount('56.000,50'); // 56000.5
 * parseAmount('5,6000'); // undefined
 */
export const parseAmount = (text: string): number | undefined => {
  const bare = text
    .trim()
    .replace(/^(?:€|\$|£|EUR|USD|CHF)\s*|\s*(?:€|\$|£|EUR|USD|CHF)$/gi, '')
    .trim();
  for (const form of FORMS) {
    const [, whole, cents = '0'] = form.exec(bare) ?? [];
    if (whole !== undefined) return Number(`${whole.replace(/\D/g, '')}.${cents}`);
  }
  return undefined;
};

/** Three digits behind one to three others: a second sum, or the rest of the first one. */
const PARTED = /(?:^|\s)\d{1,3}\s+\d{3}(?=[.,\s]|$)/;
/** No sum begins like that: these are thousands. */
const THOUSANDS = /\s0\d\d(?=[.,\s]|$)/;

/** Those of a text in which nothing but blanks stands between two. */
const blankApart = (text: string): (number | undefined)[] => {
  if (!PARTED.test(text)) return text.split(/\s+/).map(parseAmount);
  return [THOUSANDS.test(text) ? parseAmount(text) : undefined];
};

/**
 * Several: apart by semicolons, blanks, lines, or commas with a blank after them. Undefined in the place of what is no number, and of what may be one
 * or two.
 * @example
 * parseAmounts('56,000; 57.000,50 3000'); // [56000, 57000.5, 3000]
 * parseAmounts('56 000; 57 000'); // [56000, 57000]
 * parseAmounts('56 250'); // [undefined]
 */
export const parseAmounts = (text: string): (number | undefined)[] =>
  text
    .split(/\s*[;\n]\s*|,\s+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(blankApart);
