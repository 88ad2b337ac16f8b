/**
 * @file How URLs of the library's code begin. In a page it is a file and its parts, whose neighbours are the page's own; behind a
 * user's bundler, one file of the user's, or one that the bundler knows by its place on the disk it was built on.
 */
const told: string | undefined = import.meta.url;
const { document, location } = globalThis as {
  readonly document?: { readonly currentScript: { readonly src?: string } | null };
  readonly location?: { readonly origin: string; readonly protocol: string; readonly href: string };
};
/** A script that is no module is told nothing: the page knows which one it runs. */
const own = told ?? document?.currentScript?.src ?? location?.href ?? '';
const file = /^(.*\/)tessera(?:-part-\w+)?\.js$/.exec(own.replace(/[?#].*$/, ''));

/** Cut from text: of a URL that is made of it a bundler would look for the file. */
const folder = own.slice(0, own.lastIndexOf('/') + 1);
/** Of a bundle that does not tell its address, no line can be told from the user's. */
const bundled = own.startsWith('file:') && /^https?:$/.test(location?.protocol ?? '');

/**
 * No file of the package lies beside this one: Vite's server for development serves the modules of a package from a folder of its own, and a
 * script that is no module has no place.
 */
export const HERE_IS_ALONE = told === undefined || /\/\.vite\/deps/.test(own);

export const HERE: readonly string[] = bundled
  ? [`${location!.origin}/`, 'webpack-internal:///(', 'webpack-internal:///./node_modules/']
  : own.startsWith('file:')
    ? [folder, folder.replace(/^file:\/\//, '')]
    : file
      ? [`${file[1]}tessera.js`, `${file[1]}tessera-part-`]
      : [`${own}:`];
