// Injected into the <script> build: the script's own URL stands in for `import.meta.url`. It has to be read while the
// script runs; afterwards document.currentScript is null.
export const scriptUrl = globalThis.document?.currentScript?.src || globalThis.location?.href;
