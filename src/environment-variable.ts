/** @file Variables of the environment, where the program may read them. */

interface DenoLike {
  readonly permissions: {
    querySync(wanted: { readonly name: 'env'; readonly variable: string }): { readonly state: string };
  };
}

/** Whether the program may read it: in Deno without the permission the user would be asked for that. */
export const isReadable = (variable: string): boolean => {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoLike };
  return deno === undefined || deno.permissions.querySync({ name: 'env', variable }).state === 'granted';
};

/** Undefined where it is not set, in a page, and where the program may not read it. */
export const environmentVariable = (variable: string): string | undefined =>
  isReadable(variable) ? globalThis.process?.env?.[variable] : undefined;
