/**
 * A private PulseAudio with no hardware: a null sink that gives Firefox an audio clock (its AudioContext never starts without
 * one), and a virtual microphone that plays a recording in a loop, or hears what the loudspeaker plays. Its socket and state live
 * in a folder of their own, so a sound server of the user, or a system-wide one, is neither used nor disturbed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { toPcm16 } from '../analysis/wav.mjs';

const START_TIMEOUT_MS = 15000;
const RATE_HZ = 48000;
/** What a microphone hears of the loudspeaker: 6 dB less. PulseAudio's volumes are cubic, 65536 being unity. */
const ECHO_VOLUME = Math.round(65536 * 10 ** (-6 / 60));

export class PulseAudio {
  #daemon;
  #player;
  #folder;
  #log = '';

  /**
   * @param {{ rate?: number, echo?: boolean }} [options]  rate: of the loudspeaker; echo: the microphone hears the loudspeaker
   * @returns a running server. @throws when the daemon does not come up.
   */
  static async start({ rate = RATE_HZ, echo = false } = {}) {
    const pulse = new PulseAudio();
    await pulse.#start(rate, echo);
    return pulse;
  }

  /** What a client needs in its environment. */
  get environment() {
    return { PULSE_SERVER: `unix:${this.socket}`, PULSE_RUNTIME_PATH: this.#folder, XDG_RUNTIME_DIR: this.#folder };
  }

  get socket() {
    return join(this.#folder, 'native');
  }

  async #start(rate, echo) {
    this.#folder = mkdtempSync(join(tmpdir(), 'earshot-pulse-'));
    mkdirSync(join(this.#folder, 'home'));
    const script = join(this.#folder, 'server.pa');
    writeFileSync(
      script,
      [
        `load-module module-native-protocol-unix auth-anonymous=1 socket=${this.socket}`,
        `load-module module-null-sink sink_name=loudspeaker rate=${rate} channels=2`,
        `load-module module-null-sink sink_name=room rate=${RATE_HZ} channels=1`,
        `load-module module-remap-source master=${echo ? 'loudspeaker' : 'room'}.monitor source_name=microphone channels=1`,
        ...(echo ? [`set-source-volume microphone ${ECHO_VOLUME}`] : []),
        'set-default-sink loudspeaker',
        'set-default-source microphone',
      ].join('\n') + '\n',
    );
    // The warning that PulseAudio is not meant to run as root is for system-wide servers; this one is private either way.
    this.#daemon = spawn(
      'pulseaudio',
      ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--realtime=no', '--high-priority=no', `--file=${script}`],
      { env: { ...process.env, ...this.environment, HOME: join(this.#folder, 'home') }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#daemon.stderr.on('data', (chunk) => (this.#log += chunk));
    let failure;
    this.#daemon.once('error', (error) => (failure = error.message));
    this.#daemon.once('exit', (code) => (failure ??= `exited with ${code}`));
    for (let waited = 0; !existsSync(this.socket); waited += 50) {
      if (failure || waited > START_TIMEOUT_MS) {
        this.stop();
        throw new Error(`PulseAudio did not start (${failure ?? 'no socket'}): ${this.#log.trim()}`);
      }
      await sleep(50);
    }
  }

  /** Plays `samples` (48 kHz, −1…1) into the microphone for ever. */
  playIntoMicrophone(samples) {
    const loop = toPcm16(samples);
    this.#player = spawn(
      'paplay',
      ['--raw', '--format=s16le', `--rate=${RATE_HZ}`, '--channels=1', '--device=room', '--latency-msec=50'],
      { env: { ...process.env, ...this.environment }, stdio: ['pipe', 'ignore', 'ignore'] },
    );
    const { stdin } = this.#player;
    stdin.on('error', () => {});
    const feed = () => {
      while (!stdin.destroyed && stdin.write(loop));
    };
    stdin.on('drain', feed);
    feed();
  }

  stop() {
    this.#player?.kill('SIGKILL');
    this.#daemon?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
