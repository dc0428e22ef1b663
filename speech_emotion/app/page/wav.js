// Returns a mono WAV file with 16-bit samples; chunks are Float32Arrays, full scale is -1 to 1.
export function encodeWav(chunks, rate) {
  const samples = chunks.map(toInt16);
  const dataBytes = samples.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const format = new Uint8Array(16);
  const view = new DataView(format.buffer);
  view.setUint16(0, 1, true); // PCM
  view.setUint16(2, 1, true); // channels
  view.setUint32(4, rate, true);
  view.setUint32(8, 2 * rate, true); // bytes per second
  view.setUint16(12, 2, true); // bytes per frame
  view.setUint16(14, 16, true); // bits per sample
  const parts = ["RIFF", uint32(36 + dataBytes), "WAVEfmt ", uint32(16), format, "data", uint32(dataBytes), ...samples];
  return new Blob(parts, { type: "audio/wav" });
}

function toInt16(chunk) {
  return Int16Array.from(chunk, (sample) => Math.round(32767 * Math.max(-1, Math.min(1, sample))));
}

function uint32(number) {
  return new Uint32Array([number]);
}
