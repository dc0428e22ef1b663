const HEADER_BYTES = 44;

// Returns a mono WAV file with 16-bit samples; blocks are Float32Arrays, full scale is -1 to 1.
export function encodeWav(blocks, rate) {
  const dataBytes = 2 * blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + dataBytes));
  const writeText = (offset, text) => new Uint8Array(view.buffer, offset).set(new TextEncoder().encode(text));
  writeText(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  writeText(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes in the format chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true); // bytes per second
  view.setUint16(32, 2, true); // bytes per frame
  view.setUint16(34, 16, true); // bits per sample
  writeText(36, "data");
  view.setUint32(40, dataBytes, true);
  let offset = HEADER_BYTES;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(offset, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
      offset += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}
