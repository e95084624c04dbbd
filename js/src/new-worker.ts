/** Workers must come from the page's own origin; a script from a CDN gets in through one line that imports it. */
export function newWorker(url: string, name: string): Worker {
  if (new URL(url).origin === globalThis.location?.origin) return new Worker(url, { name });
  const blob = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)})`], { type: 'text/javascript' }));
  const worker = new Worker(blob, { name });
  URL.revokeObjectURL(blob);
  return worker;
}
