// The card with the player and the pictures of a recording.

import { drawMfcc, drawTimeline, drawWaveform } from "./draw.js";
import { clock, percent } from "./format.js";

const byId = (id) => document.getElementById(id);
const player = byId("player");

export function showPictures(file, { duration, segments, waveform, mfcc }, colors) {
  setVisible(true);
  play(file);
  drawWaveform(byId("waveform"), waveform);
  drawTimeline(byId("timeline"), segments, colors, duration);
  drawMfcc(byId("mfcc"), mfcc);
  fillTable(segments);
  for (const element of document.querySelectorAll(".duration")) element.textContent = clock(duration);
  const long = segments.length > 1;
  byId("timeline-figure").hidden = !long;
  const times = `${clock(mfcc.start)} to ${clock(mfcc.end)}`;
  byId("mfcc-window").textContent = long ? `(${times}, the most confident window)` : "";
  byId("mfcc-column").textContent = mfcc.column_ms;
}

export function hidePictures() {
  setVisible(false);
  player.pause();
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
    for (const text of cells) row.insertCell().textContent = text;
    return row;
  });
  byId("windows").querySelector("tbody").replaceChildren(...rows);
}
