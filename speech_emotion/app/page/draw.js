// Draw on canvases of a fixed size, which the style sheet scales.

// columns: [lowest, highest sample] from left to right.
export function drawWaveform(canvas, columns) {
  const { context, width, height } = clearCanvas(canvas);
  const peak = Math.max(1e-4, ...columns.flat().map(Math.abs));
  const scale = (0.46 * height) / peak;
  const columnWidth = width / columns.length;
  context.fillStyle = getComputedStyle(canvas).color;
  columns.forEach(([lowest, highest], index) => {
    const top = height / 2 - scale * highest;
    context.fillRect(index * columnWidth, top, Math.ceil(columnWidth), Math.max(2, scale * (highest - lowest)));
  });
}

// Windows overlap: each is drawn around its middle, halfway to the neighboring ones.
export function drawTimeline(canvas, segments, colors, duration) {
  const { context, width, height } = clearCanvas(canvas);
  const middles = segments.map(({ start, end }) => (start + end) / 2);
  const edges = middles.slice(1).map((middle, index) => (middles[index] + middle) / 2);
  const x = [0, ...edges, duration].map((seconds) => Math.round((seconds / duration) * width));
  segments.forEach(({ probabilities }, index) => {
    let y = height;
    for (const [emotion, color] of Object.entries(colors)) {
      const barHeight = (probabilities[emotion] || 0) * height;
      y -= barHeight;
      context.fillStyle = color;
      context.fillRect(x[index], y, x[index + 1] - x[index], barHeight);
    }
  });
}

// data: base64 bytes, row by row, the first row at the bottom; 0 is blue, the middle white, 255 red.
export function drawMfcc(canvas, { rows, columns, data }) {
  const levels = atob(data);
  canvas.width = columns;
  canvas.height = rows;
  const { context } = clearCanvas(canvas);
  for (let index = 0; index < levels.length; index++) {
    const deviation = levels.charCodeAt(index) / 127.5 - 1;
    const hue = deviation < 0 ? 212 : 8;
    context.fillStyle = `hsl(${hue} 70% ${97 - 67 * Math.abs(deviation)}%)`;
    context.fillRect(index % columns, rows - 1 - Math.floor(index / columns), 1, 1);
  }
}

function clearCanvas(canvas) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
