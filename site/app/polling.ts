/** Calls `ask` every `ms` with the seconds since the start, never while it is still busy. Returns what ends it. */
export function poll(ms: number, ask: (seconds: number) => Promise<void>): () => void {
  const started = performance.now();
  let asking = false;
  const timer = window.setInterval(() => {
    if (asking) return;
    asking = true;
    void ask((performance.now() - started) / 1000)
      .catch(() => {}) // what was asked ended between question and answer
      .finally(() => (asking = false));
  }, ms);
  return () => clearInterval(timer);
}
