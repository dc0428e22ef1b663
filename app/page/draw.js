// Draw on canvases.

// From blue through white to red: ColorBrewer's RdBu, reversed.
const BLUE_TO_RED = [[5, 48, 97], [67, 147, 195], [209, 229, 240], [247, 247, 247], [253, 219, 199], [214, 96, 77], [103, 0, 31]];

// columns: [lowest, highest sample] from left to right.
export function drawWaveform(canvas, columns) {
  const context = prepare(canvas);
  const { width, height } = canvas;
  const peak = Math.max(1e-4, ...columns.flat().map(Math.abs));
  const y = (sample) => height / 2 - (sample / peak) * height * 0.46;
  const step = width / columns.length;
  context.fillStyle = getComputedStyle(document.body).getPropertyValue("--accent");
  columns.forEach(([lowest, highest], index) => {
    const left = Math.round(index * step);
    const right = Math.round((index + 1) * step);
    context.fillRect(left, y(highest), Math.max(1, right - left), Math.max(1, y(lowest) - y(highest)));
  });
}

// Windows overlap: each is drawn around its middle, halfway to the neighboring ones.
export function drawTimeline(canvas, segments, colors, duration) {
  const context = prepare(canvas);
  const { width, height } = canvas;
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

// data: base64 bytes, row by row; 0 is drawn blue, 255 red. The first row is at the bottom.
export function drawMfcc(canvas, { rows, columns, data }) {
  const levels = atob(data);
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [red, green, blue] = levelColor(levels.charCodeAt(row * columns + column));
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(column, rows - 1 - row, 1, 1);
    }
  }
}

function levelColor(level) {
  const position = (level / 255) * (BLUE_TO_RED.length - 1);
  const index = Math.min(Math.floor(position), BLUE_TO_RED.length - 2);
  const [from, to] = BLUE_TO_RED.slice(index, index + 2);
  return from.map((channel, i) => channel + (position - index) * (to[i] - channel));
}

// Match the canvas to the pixels of the screen.
function prepare(canvas) {
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
  return canvas.getContext("2d");
}
