/**
 * @file The URL below which all code of the library lies. In a page the library is one file, whose neighbours are the page's own.
 */

export const HERE = import.meta.url.startsWith('file:')
  ? new URL('./', import.meta.url).href
  : `${import.meta.url}:`;
