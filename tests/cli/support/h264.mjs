// H.264 byte streams for the tests, cut apart from the code under test.

/** NAL units without start codes. */
export function unitsOf(stream) {
  const starts = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) starts.push(at);
  return starts.map((at, i) => {
    const next = starts[i + 1] ?? stream.length;
    const end = next < stream.length && stream[next - 1] === 0 ? next - 1 : next;
    return stream.subarray(at + 3, end);
  });
}

export const typeOf = (unit) => unit[0] & 31;
export const joinUnits = (units) => Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));

/** Frames as byte streams: one begins at parameter sets behind a slice, and at a slice whose first macroblock is 0. */
export function framesOf(stream) {
  const frames = [[]];
  for (const unit of unitsOf(stream)) {
    const isSlice = typeOf(unit) === 1 || typeOf(unit) === 5;
    const begun = frames.at(-1).some((one) => [1, 5].includes(typeOf(one)));
    if (begun && (!isSlice || unit[1] >= 0x80)) frames.push([]);
    frames.at(-1).push(unit);
  }
  return frames.map(joinUnits);
}
