// Programs the system has to provide: named when missing, installed where that is possible.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ToolError } from './errors.mjs';
import { run, step } from './steps.mjs';

/** What each group of steps needs: a program on PATH (or an absolute path) and Debian's package for it. */
const requirements = {
  build: [
    ['cmake', 'cmake'],
    ['ninja', 'ninja-build'],
    ['c++', 'g++'],
    ['make', 'make'],
    ['perl', 'perl'],
    ['python3', 'python3'],
    ['tar', 'tar'],
    ['xz', 'xz-utils'],
    ['/etc/ssl/certs/ca-certificates.crt', 'ca-certificates'],
  ],
  test: [
    ['nasm', 'nasm'],
    ['ccache', 'ccache'],
    ['clang-format', 'clang-format'],
    ['clang-tidy', 'clang-tidy'],
    ['chromium', 'chromium'],
    ['firefox-esr', 'firefox-esr'],
    ['pulseaudio', 'pulseaudio'],
    ['pactl', 'pulseaudio-utils'],
    ['ip', 'iproute2'],
    ['ffmpeg', 'ffmpeg'],
    ['opusdec', 'opus-tools'],
  ],
};

const aptOptions = ['-y', '--no-install-recommends', '-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];

/** Whether a program is on PATH, or a file at its absolute path. */
export function isPresent(program, path = process.env.PATH ?? '') {
  if (program.startsWith('/')) return existsSync(program);
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * What is missing and how it gets here.
 * @param {('build' | 'test')[]} groups
 * @param {{present?: (program: string) => boolean, isRoot?: boolean, isDebian?: boolean}} [machine] overridable for tests
 * @returns {{packages: string[], programs: string[], action: 'none' | 'install' | 'tell', message: string}}
 */
export function planPackages(groups, machine = {}) {
  const { present = isPresent, isRoot = process.getuid?.() === 0, isDebian = existsSync('/etc/debian_version') && isPresent('apt-get') } = machine;
  const missing = groups.flatMap((group) => requirements[group]).filter(([program]) => !present(program));
  const packages = missing.map(([, name]) => name);
  const programs = missing.map(([program]) => program);
  if (packages.length === 0) return { packages, programs, action: 'none', message: '' };
  if (!isDebian) {
    return { packages, programs, action: 'tell', message: `These programs are missing: ${programs.join(', ')}. Install them with your system's package manager (Debian calls the packages ${packages.join(' ')}), then run the command again.` };
  }
  if (!isRoot) {
    return { packages, programs, action: 'tell', message: `These Debian packages are missing: ${packages.join(', ')}. Install them, then run the command again:\n\n  sudo apt-get update && sudo apt-get install --no-install-recommends -y ${packages.join(' ')}\n` };
  }
  return { packages, programs, action: 'install', message: `Missing Debian packages: ${packages.join(', ')}` };
}

/** Installs what the groups need, or throws the message that says how to. */
export async function ensureSystemPackages(groups) {
  const plan = planPackages(groups);
  if (plan.action === 'none') return;
  if (plan.action === 'tell') throw new ToolError(plan.message);
  console.log(plan.message);
  await step(`Install ${plan.packages.length} Debian packages`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () => run('apt-get', ['install', ...aptOptions, ...plan.packages], { log: 'apt-get', env, append: true });
    // A fresh container has no package lists and an old one has stale lists; both are cured by one update.
    await install().catch(async () => {
      await run('apt-get', ['update', '-o', 'Acquire::Retries=3'], { log: 'apt-get', env, append: true });
      await install();
    });
  });
  const left = planPackages(groups);
  if (left.action !== 'none') throw new ToolError(`apt-get succeeded, but these programs are still missing: ${left.programs.join(', ')}`);
}
