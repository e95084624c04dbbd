// A contestant is a process that does one pass of a task per line on its standard input and answers with one line of JSON
// that holds at least `cpuMs`. Processes of their own keep engines, heaps and background compilers apart.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ToolError } from '../../tools/lib/errors.mjs';

export class Contestant {
  #child;
  #answers;

  /** Starts `command` with `args`. */
  constructor(name, command, args) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.on('error', () => {}); // the missing answer tells
    this.#child.stdin.on('error', () => {});
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static node(name, script, ...args) {
    return new Contestant(name, process.execPath, [script, ...args]);
  }

  /** One pass of `task`. */
  async run(task) {
    this.#child.stdin.write(`${task}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new ToolError(`${this.name} ended during "${task}"`);
    return JSON.parse(value);
  }

  stop() {
    this.#child.stdin.end();
  }
}

/**
 * The other side, for contestants in Node: serves `tasks` (name → function that does one pass and may return more to report).
 * @param {Record<string, () => object | void>} tasks
 */
export async function serve(tasks) {
  for await (const line of createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    const more = tasks[line]();
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ cpuMs: (user + system) / 1000, ...more }));
  }
}
