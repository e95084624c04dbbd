// Means over files.

const round = (value) => Math.round(value * 1000) / 1000;

/** The mean of every figure that the rows have. */
export function average(rows) {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) =>
    [key, round(rows.reduce((sum, row) => sum + row[key], 0) / rows.length)]));
}

/**
 * Means per group.
 * @param {{name: string}[]} list what the files are
 * @param {Record<string, object>} files figures by name
 * @param {string} by the property of the list to group by; groups come in the order in which they appear
 */
export function groupMeans(list, files, by) {
  const groups = new Map();
  for (const item of list) groups.set(item[by], [...(groups.get(item[by]) ?? []), files[item.name]]);
  return Object.fromEntries([...groups].map(([group, rows]) => [group, average(rows)]));
}
