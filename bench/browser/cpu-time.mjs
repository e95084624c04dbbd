/** CPU time of a browser: all processes this one has started, however deep, sound servers left out. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc (USER_HZ), fixed in the kernel's interface. */
const TICKS_PER_SECOND = 100;
const NOT_BROWSER = new Set(['pulseaudio', 'paplay']);

function processes() {
  const list = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // The name is in parentheses and may hold anything; fields count from behind it: 1 is the parent, 11 and 12 the times.
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      list.set(Number(entry), { name, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It ended meanwhile.
    }
  }
  return list;
}

/** Seconds of CPU used so far by the descendants of this process. */
export function browserCpuSeconds() {
  const list = processes();
  const isOurs = (pid) => pid === process.pid || (list.has(pid) && isOurs(list.get(pid).parent));
  let ticks = 0;
  for (const [pid, { name, ticks: used }] of list) {
    if (pid !== process.pid && !NOT_BROWSER.has(name) && isOurs(pid)) ticks += used;
  }
  return ticks / TICKS_PER_SECOND;
}
