/** Made when the playground is built, of the gallery's programs. */
export declare const EXAMPLES: readonly { readonly name: string; readonly title: string; readonly text: string }[];
