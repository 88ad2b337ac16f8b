/**
 * @file How URLs of the library's code begin. In a page it is a file and its parts, whose neighbours are the page's own; behind a
 * user's bundler, one file of the user's.
 */
const own = import.meta.url;
const file = /^(.*\/)tessera(?:-part-\w+)?\.js$/.exec(own.replace(/[?#].*$/, ''));

export const HERE: readonly string[] = own.startsWith('file:')
  ? [new URL('./', own).href, new URL('./', own).href.replace(/^file:\/\//, '')]
  : file
    ? [`${file[1]}tessera.js`, `${file[1]}tessera-part-`]
    : [`${own}:`];
