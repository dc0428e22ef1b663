// The card with the player and the pictures of a recording.

import { drawMfcc, drawTimeline, drawWaveform } from "./draw.js";
import { clock, percent } from "./format.js";

const byId = (id) => document.getElementById(id);
const player = byId("player");

let redraw = () => {};
addEventListener("resize", () => redraw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());

export function showPictures(file, result, colors) {
  setVisible(true);
  play(file);
  byId("timeline-figure").hidden = result.segments.length === 1;
  fillTable(result.segments);
  document.querySelectorAll(".duration").forEach((element) => (element.textContent = clock(result.duration)));
  byId("mfcc-window").textContent = describeWindow(result);
  byId("mfcc-column").textContent = result.mfcc.column_ms;
  redraw = () => draw(result, colors);
  redraw();
}

export function hidePictures() {
  setVisible(false);
  player.pause();
  redraw = () => {};
}

function setVisible(visible) {
  byId("pictures").hidden = !visible;
  document.body.classList.toggle("with-pictures", visible);
}

function play(file) {
  URL.revokeObjectURL(player.src);
  player.hidden = true; // until the browser has found that it can play this format
  player.onloadedmetadata = () => (player.hidden = false);
  player.src = URL.createObjectURL(file);
}

function fillTable(segments) {
  const rows = segments.map(({ start, end, label, confidence }) => {
    const row = document.createElement("tr");
    const cells = [clock(start), clock(end), label, confidence ? percent(confidence) : ""];
    cells.forEach((text) => (row.insertCell().textContent = text));
    return row;
  });
  byId("windows").querySelector("tbody").replaceChildren(...rows);
}

function describeWindow({ segments, mfcc }) {
  if (segments.length === 1) return "";
  return `(${clock(mfcc.start)} to ${clock(mfcc.end)}, the most confident window)`;
}

function draw({ duration, segments, waveform, mfcc }, colors) {
  drawWaveform(byId("waveform"), waveform);
  if (segments.length > 1) drawTimeline(byId("timeline"), segments, colors, duration);
  drawMfcc(byId("mfcc"), mfcc);
}
