/** @file Where a page says that the files of workers are. It stands alone, so that its types need none of the DOM's. */
let place: URL | string | undefined;

/** Where `tessera-worker.js` is, if not beside `tessera.js`; `tessera-lowering.js` is beside it. Of the page's own origin. */
export const setWorkerUrl = (url: URL | string): void => {
  place = new URL(url, document.baseURI);
};

/** What `setWorkerUrl` was told. */
export const workerPlace = (): URL | string | undefined => place;
