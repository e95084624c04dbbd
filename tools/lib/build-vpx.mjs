// libvpx by its configure script and make: the library and its headers, nothing else.
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from './steps.mjs';

/**
 * A compiler for configure: emcc without the flags that name an Arm processor. With them configure's tests fail, and then it
 * leaves out, silently, all that is written for NEON. Headers in `includeFolder` come before the compiler's own.
 */
function writeCompiler(file, compiler, includeFolder) {
  writeFileSync(file, `#!/bin/sh
for argument; do
  shift
  case "$argument" in -march=* | -mcpu=* | -mtune=*) ;; *) set -- "$@" "$argument" ;; esac
done
exec "${compiler}" -I"${includeFolder}" "$@"
`);
  chmodSync(file, 0o755);
}

function emscriptenTools(work, emscripten) {
  const [cc, cxx] = ['emcc', 'em++'].map((name) => {
    const file = join(work, name);
    writeCompiler(file, join(emscripten, name), join(work, 'include'));
    return file;
  });
  return { CC: cc, CXX: cxx, LD: cc, AS: 'true', AR: join(emscripten, 'emar'), NM: join(emscripten, 'emnm'), STRIP: 'true' };
}

/** Builds `work`/source into `work`/prefix. The folder `addition` holds headers that are found before the compiler's. */
export async function buildVpx({ work, options, emscripten, log, addition }) {
  const env = { ...process.env, ...(emscripten ? emscriptenTools(work, emscripten) : {}) };
  const build = join(work, 'build');
  mkdirSync(build);
  if (addition) cpSync(addition, join(work, 'include'), { recursive: true });
  await run(join(work, 'source/configure'), options, { log, cwd: build, env, append: true });
  // Not `all`: that strips the library with the host's program.
  await run('make', ['-j', String(availableParallelism()), 'libvpx_g.a'], { log, cwd: build, env, append: true });
  mkdirSync(join(work, 'prefix/lib'), { recursive: true });
  cpSync(join(build, 'libvpx_g.a'), join(work, 'prefix/lib/libvpx.a'));
  cpSync(join(work, 'source/vpx'), join(work, 'prefix/include/vpx'), { recursive: true, filter: (path) => !/\.(c|mk)$|[/\\](internal|src)$/.test(path) });
}
