/**
 * A WebAssembly module that breaks in mid-call, made from one that does not: the named export is replaced by a function that
 * counts its calls, traps on the one after the last allowed, and otherwise calls the original. The library under test needs no
 * hook for it, and what it meets is a real trap.
 */

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 };
const KIND = { function: 0, table: 1, memory: 2, global: 3 };
// Sections appear in this order whatever their number (data count, 12, precedes code).
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const OP = { unreachable: 0x00, if: 0x04, end: 0x0b, call: 0x10, localGet: 0x20, globalGet: 0x23, globalSet: 0x24, i32Const: 0x41, i32Eqz: 0x45, i32Sub: 0x6b };
const I32 = 0x7f;
const NO_RESULT = 0x40;

function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function unsigned(value) {
  const out = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) out.push((value & 0x7f) | 0x80);
  return [...out, value];
}

function signed(value) {
  const out = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(byte & 0x40)) || (value === -1 && byte & 0x40)) return [...out, byte];
    out.push(byte | 0x80);
  }
}

function split(module) {
  const sections = [];
  for (let at = 8; at < module.length; ) {
    const [size, start] = readUnsigned(module, at + 1);
    sections.push({ id: module[at], body: module.subarray(start, start + size) });
    at = start + size;
  }
  return sections;
}

/** Imported functions (by their type) and number of imported globals; both come first in their index spaces. */
function imports(body) {
  const functions = [];
  let globals = 0;
  if (!body) return { functions, globals };
  const skipLimits = (at) => {
    const flags = body[at++];
    [, at] = readUnsigned(body, at);
    return flags & 1 ? readUnsigned(body, at)[1] : at;
  };
  let [count, at] = readUnsigned(body, 0);
  for (; count > 0; --count) {
    for (let name = 0; name < 2; ++name) {
      const [length, start] = readUnsigned(body, at);
      at = start + length;
    }
    const kind = body[at++];
    if (kind === KIND.function) {
      const [type, next] = readUnsigned(body, at);
      functions.push(type);
      at = next;
    } else if (kind === KIND.table) {
      at = skipLimits(at + 1);
    } else if (kind === KIND.memory) {
      at = skipLimits(at);
    } else if (kind === KIND.global) {
      globals += 1;
      at += 2;
    } else {
      throw new Error(`wasm-fault: import of kind ${kind} is not known`);
    }
  }
  return { functions, globals };
}

function numbers(body) {
  let [count, at] = readUnsigned(body, 0);
  const out = [];
  for (; count > 0; --count) {
    const [value, next] = readUnsigned(body, at);
    out.push(value);
    at = next;
  }
  return out;
}

function parameterCount(types, index) {
  let [, at] = readUnsigned(types, 0);
  for (let i = 0; ; ++i) {
    const [parameters, afterParameters] = readUnsigned(types, at + 1);
    if (i === index) return parameters;
    const [results, afterResults] = readUnsigned(types, afterParameters + parameters);
    at = afterResults + results;
  }
}

/** Body of a vector section with one element more. */
function appended(body, element) {
  const [count, at] = body ? readUnsigned(body, 0) : [0, 0];
  return Buffer.from([...unsigned(count + 1), ...(body?.subarray(at) ?? []), ...element]);
}

/** The module with its export `name` trapping after `calls` calls. */
export function trapAfter(module, name, calls) {
  const sections = split(module);
  const body = (id) => sections.find((section) => section.id === id)?.body;
  const replace = (id, next) => {
    const section = sections.find((candidate) => candidate.id === id);
    if (section) section.body = next;
    else sections.push({ id, body: next });
  };

  const imported = imports(body(SECTION.import));
  const typesOfFunctions = [...imported.functions, ...numbers(body(SECTION.function))];
  const wrapper = typesOfFunctions.length;
  const counter = imported.globals + (body(SECTION.global) ? readUnsigned(body(SECTION.global), 0)[0] : 0);

  // The export section, with one index changed.
  const exported = body(SECTION.export);
  let [count, at] = readUnsigned(exported, 0);
  const out = [...unsigned(count)];
  let original;
  for (; count > 0; --count) {
    const [length, start] = readUnsigned(exported, at);
    const kind = exported[start + length];
    const [index, next] = readUnsigned(exported, start + length + 1);
    const wanted = kind === KIND.function && exported.toString('latin1', start, start + length) === name;
    if (wanted) original = index;
    out.push(...exported.subarray(at, start + length + 1), ...unsigned(wanted ? wrapper : index));
    at = next;
  }
  if (original === undefined) return module;

  const type = typesOfFunctions[original];
  const code = [
    0, // no locals
    OP.globalGet, ...unsigned(counter), OP.i32Eqz, OP.if, NO_RESULT, OP.unreachable, OP.end,
    OP.globalGet, ...unsigned(counter), OP.i32Const, 1, OP.i32Sub, OP.globalSet, ...unsigned(counter),
    ...Array.from({ length: parameterCount(body(SECTION.type), type) }, (_, i) => [OP.localGet, ...unsigned(i)]).flat(),
    OP.call, ...unsigned(original), OP.end,
  ];
  replace(SECTION.export, Buffer.from(out));
  replace(SECTION.function, appended(body(SECTION.function), unsigned(type)));
  replace(SECTION.global, appended(body(SECTION.global), [I32, 1, OP.i32Const, ...signed(calls), OP.end]));
  replace(SECTION.code, appended(body(SECTION.code), [...unsigned(code.length), ...code]));

  const known = (id) => ORDER.indexOf(id);
  const custom = sections.filter(({ id }) => id === 0);
  const ordered = sections.filter(({ id }) => id !== 0).sort((a, b) => known(a.id) - known(b.id));
  return Buffer.concat([
    module.subarray(0, 8),
    ...[...ordered, ...custom].map((section) => Buffer.concat([Buffer.from([section.id, ...unsigned(section.body.length)]), section.body])),
  ]);
}
