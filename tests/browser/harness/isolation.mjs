/**
 * Runs a command where media between two peers of one machine works and cannot reach anything else: a network namespace of its
 * own with a veth pair and a default route (Firefox pairs no 127.0.0.1 candidates, and gathers none without a route), a
 * process namespace that takes browsers and sound servers with it, and a temporary folder in memory for their profiles. All
 * are anonymous: the kernel removes them with the last process, whatever way the run ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

const ADDRESS = '10.77.0.1';
const SETUP = `
ip link set lo up &&
ip link add media0 type veth peer name media1 &&
ip addr add ${ADDRESS}/24 dev media0 &&
ip link set media0 up &&
ip link set media1 up &&
ip route add default via 10.77.0.2 dev media0`;

// --kill-child and the parent-death signal pass a SIGKILL of the runner on, which no handler could.
const unshare = (...command) => [
  'setpriv', '--pdeathsig', 'KILL', 'unshare',
  ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']),
  '--net', '--pid', '--fork', '--kill-child', '--mount-proc',
  ...command,
];

function run([program, ...args], options) {
  return spawnSync(program, args, { encoding: 'utf8', ...options });
}

/** @returns undefined when namespaces can be made here, else the reason why not, in one line. */
export function isolationProblem() {
  const probe = run(unshare('sh', '-c', `${SETUP} && mount -t tmpfs earshot /mnt`));
  if (probe.error) return `${probe.error.path ?? 'setpriv'} is not installed (packages util-linux and iproute2)`;
  return probe.status === 0 ? undefined : probe.stderr.trim().split('\n')[0] || `unshare exited with ${probe.status}`;
}

/** The address two peers of one browser reach each other by, or undefined when the machine has none but loopback. */
export function mediaAddress() {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** Runs `command` isolated, with this process's output; resolves with its exit code. */
export async function runIsolated(command) {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-run-'));
  const script = `${SETUP} && mount -t tmpfs earshot "$TMPDIR" || exit 99\n"$@"`;
  const [program, ...args] = unshare('sh', '-c', script, 'sh', ...command);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, TMPDIR: folder } });
  const stop = () => child.kill('SIGKILL');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, stop);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(signal ? 128 : status));
  });
  for (const signal of signals) process.removeListener(signal, stop);
  rmdirSync(folder);
  return code;
}
