// Pictures of a recording on canvases.

function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  return canvas.getContext("2d");
}

export function waveform(canvas, columns, colour) {
  const context = prepare(canvas);
  const { width, height } = canvas;
  const most = Math.max(1e-4, ...columns.map(([low, high]) => Math.max(-low, high)));
  const place = (value) => height / 2 - (value / most) * height * 0.46;
  context.fillStyle = colour;
  columns.forEach(([low, high], number) => {
    const [from, to] = [number, number + 1].map((edge) => Math.round((edge / columns.length) * width));
    const top = place(high);
    context.fillRect(from, top, Math.max(1, to - from), Math.max(1, place(low) - top));
  });
}

// A window stands for the time around its middle, halfway to its neighbours.
export function timeline(canvas, segments, colours, duration) {
  const context = prepare(canvas);
  const { width, height } = canvas;
  const middles = segments.map(({ start, end }) => (start + end) / 2);
  segments.forEach((segment, number) => {
    const from = number ? (middles[number - 1] + middles[number]) / 2 : 0;
    const to = number + 1 < segments.length ? (middles[number] + middles[number + 1]) / 2 : duration;
    let floor = height;
    for (const [label, colour] of Object.entries(colours)) {
      const tall = (segment.probabilities[label] || 0) * height;
      floor -= tall;
      context.fillStyle = colour;
      context.fillRect((from / duration) * width, floor, ((to - from) / duration) * width + 0.5, tall);
    }
  });
}

// From blue through white to red: ColorBrewer's RdBu, reversed.
const SCALE = [[5, 48, 97], [67, 147, 195], [209, 229, 240], [247, 247, 247], [253, 219, 199], [214, 96, 77], [103, 0, 31]];

function shade(value) {
  const at = (value / 255) * (SCALE.length - 1);
  const low = Math.min(Math.floor(at), SCALE.length - 2);
  return SCALE[low].map((part, channel) => part + (at - low) * (SCALE[low + 1][channel] - part));
}

export function mfcc(canvas, { rows, columns, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pixel = 4 * ((rows - 1 - row) * columns + column);
      image.data.set([...shade(bytes[row * columns + column]), 255], pixel);
    }
  }
  context.putImageData(image, 0, 0);
}
