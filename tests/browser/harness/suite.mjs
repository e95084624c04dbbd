/** The tests a run knows: test files register theirs here as they are imported. */

/**
 * @typedef {object} Context   what a test gets
 * @property {'chromium' | 'firefox'} browser
 * @property {import('./browsers.mjs').Page} page     the test page, opened for this test alone
 * @property {string} origin                          of the test server
 * @property {(path: string, options?: object) => Promise<import('./browsers.mjs').Page>} open  another page; `isolated`: with COOP/COEP; `refuseMicrophone`: in a browser that refuses it; `echoAtRate`: in a browser whose microphone hears the loudspeaker, of this rate
 * @property {(options?: object) => Promise<import('./udp-proxy.mjs').UdpProxy>} proxy  closed after the test
 * @property {(id: number) => { sampleRate: number, channels: Float64Array[] }} recording
 * @property {{ clean: Float64Array, noisy: Float64Array }} speech   48 kHz; the microphone plays `noisy` in a loop
 * @property {(text: string) => void} note            shown behind the test's name
 */

const tests = [];

/**
 * @param {string} name
 * @param {{ browsers?: string[], limitMs?: number }} options  browsers: only in these; limitMs: instead of the usual limit
 * @param {(t: Context) => Promise<void>} run
 */
export function test(name, options, run) {
  tests.push({ name, browsers: options.browsers ?? ['chromium', 'firefox'], limitMs: options.limitMs, run });
}

export const registered = tests;

/** A machine that is busy for seconds spoils a recording, but not all of these, unless what is tested does. */
const RECORDINGS = 3;

/** Whether one of a few recordings of the same scene, one after another, is good. `judge` makes one and says. */
export async function eventually(judge) {
  for (let i = 0; i < RECORDINGS; ++i) if (await judge()) return true;
  return false;
}
