/** Starts Chromium (Playwright) or stock Firefox (WebDriver BiDi) with a microphone that speaks, behind one small interface. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SAMPLE_RATE_HZ } from '../../data/noisy-speech.mjs';
import { writeWav } from '../analysis/wav.mjs';
import { PulseAudio } from './pulse-audio.mjs';

const EXECUTABLES = {
  chromium: [process.env.EARSHOT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  firefox: [process.env.EARSHOT_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
};

function executable(name) {
  const path = EXECUTABLES[name].filter(Boolean).find(existsSync);
  if (!path) throw new Error(`no ${name} found: install it, or name it in EARSHOT_${name.toUpperCase()}`);
  return path;
}

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<any>} goto
 * @property {(fn: Function, argument?: any) => Promise<any>} evaluate
 * @property {string[]} log   console messages and uncaught errors
 * @property {(key: string) => Promise<void>} press       a key, as the keyboard sends it
 * @property {(path: string) => Promise<void>} screenshot  of the whole page, into a PNG file
 * @property {() => Promise<void>} close
 */

async function launchChromium(microphone, folder, { refuseMicrophone, echoAtRate }) {
  const { chromium } = await import('playwright-core');
  const recording = join(folder, 'microphone.wav');
  writeWav(recording, microphone, SAMPLE_RATE_HZ);
  const { PULSE_SERVER: _, ...env } = process.env;
  // A microphone that hears the loudspeaker takes devices; else Chromium has its own, which need no sound server.
  const pulse = echoAtRate ? await PulseAudio.start({ rate: echoAtRate, echo: true }) : undefined;
  const browser = await chromium.launch({
    executablePath: executable('chromium'),
    headless: true,
    env: { ...env, ...pulse?.environment },
    // Playwright mutes browsers; a muted Chromium still renders, but the tests want what users have.
    ignoreDefaultArgs: ['--mute-audio'],
    args: [
      '--no-sandbox',
      '--headless=new',
      `--use-fake-ui-for-media-stream${refuseMicrophone ? '=deny' : ''}`,
      ...(pulse ? [] : ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${recording}`]),
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  }).catch((error) => {
    pulse?.stop();
    throw error;
  });
  return {
    version: browser.version(),
    newPage: async (url, { width = 1280, height = 800 } = {}) => {
      const context = await browser.newContext({ viewport: { width, height }, ignoreHTTPSErrors: true });
      const page = await context.newPage();
      const log = [];
      page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => log.push(`uncaught: ${error}`));
      await page.goto(url);
      return {
        log,
        goto: (address) => page.goto(address),
        evaluate: (fn, argument) => page.evaluate(fn, argument),
        workers: () => page.workers().length,
        press: (key) => page.keyboard.press(key),
        screenshot: (path) => page.screenshot({ path, fullPage: true }),
        close: () => context.close(),
      };
    },
    close: async () => {
      await browser.close();
      pulse?.stop();
    },
  };
}

/** nsIPermissionManager's DENY_ACTION. */
const FIREFOX_DENY = 2;

async function launchFirefox(microphone, folder, { refuseMicrophone, echoAtRate }) {
  const { default: puppeteer } = await import('puppeteer-core');
  const pulse = await PulseAudio.start({ rate: echoAtRate, echo: Boolean(echoAtRate) });
  try {
    if (!echoAtRate) pulse.playIntoMicrophone(microphone);
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: executable('firefox'),
      headless: true,
      // Firefox run by root refuses a home of another user; a home of its own suits every case.
      env: { ...process.env, ...pulse.environment, HOME: folder },
      extraPrefsFirefox: {
        ...(refuseMicrophone
          ? { 'permissions.default.microphone': FIREFOX_DENY }
          : { 'media.navigator.permission.disabled': true }),
        'media.navigator.streams.fake': false,
        'media.autoplay.default': 0,
        'media.autoplay.blocking_policy': 0,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.peerconnection.ice.loopback': true,
        'app.update.enabled': false,
        'app.normandy.enabled': false,
        'media.gmp-manager.updateEnabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
      },
    });
    return {
      version: await browser.version(),
      newPage: async (url, { width = 1280, height = 800 } = {}) => {
        const page = await browser.newPage();
        await page.setViewport({ width, height });
        const log = [];
        page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
        page.on('pageerror', (error) => log.push(`uncaught: ${error}`));
        await page.goto(url);
        return {
          log,
          goto: (address) => page.goto(address),
          evaluate: (fn, argument) => page.evaluate(fn, argument),
          press: (key) => page.keyboard.press(key),
          screenshot: (path) => page.screenshot({ path, fullPage: true }),
          close: () => page.close(),
        };
      },
      close: async () => {
        await browser.close();
        pulse.stop();
      },
    };
  } catch (error) {
    pulse.stop();
    throw error;
  }
}

/**
 * @param {'chromium' | 'firefox'} name
 * @param {Float64Array} microphone  what getUserMedia hears, 48 kHz, in a loop
 * @param {{ refuseMicrophone?: boolean, echoAtRate?: number }} [options]  refuseMicrophone: as a person who has blocked it does;
 *   echoAtRate: the microphone hears nothing but the loudspeaker, a device of this rate
 * @returns {Promise<{ version: string, newPage(url: string, viewport?: object): Promise<Page>, close(): Promise<void> }>}
 */
export async function launch(name, microphone, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-browser-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const browser = await (name === 'chromium' ? launchChromium : launchFirefox)(microphone, folder, options);
    return {
      ...browser,
      close: async () => {
        await browser.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
