// The card with the label and a bar for each emotion.

import { percent } from "./format.js";

const card = document.getElementById("result");
const title = document.getElementById("title");
const labelText = document.getElementById("label-text");
const swatch = document.getElementById("swatch");
const bars = {}; // emotion: {fill, number}
let colors; // emotion: color

export function createBars(emotionColors) {
  colors = emotionColors;
  for (const [emotion, color] of Object.entries(colors)) {
    const row = document.getElementById("bar").content.cloneNode(true);
    const fill = row.querySelector(".fill");
    const number = row.querySelector(".percent");
    row.querySelector("dt").textContent = emotion;
    fill.style.background = color;
    number.dataset.emotion = emotion;
    bars[emotion] = { fill, number };
    document.getElementById("bars").append(row);
  }
}

export function showPrediction(name, prediction) {
  showLabel(name, prediction);
  for (const [emotion, { fill, number }] of Object.entries(bars)) {
    const probability = prediction.probabilities[emotion];
    fill.style.width = `${100 * (probability || 0)}%`;
    number.textContent = probability === undefined ? "" : percent(probability);
  }
}

// In a pause of live speech the last bars stay, faded.
export function showLive(prediction) {
  const name = "Live from the microphone";
  if (prediction.emotion) {
    showPrediction(name, prediction);
  } else {
    showLabel(name, prediction);
    fade();
  }
}

export function clearResult(name, label) {
  showPrediction(name, { label, emotion: null, probabilities: {} });
}

export function showWaiting(name) {
  title.textContent = `Classifying ${name} …`;
  fade();
}

function showLabel(name, { label, emotion }) {
  card.classList.remove("faded");
  setText(title, name);
  setText(labelText, label === "unsure" ? `unsure, perhaps ${emotion}` : label);
  labelText.dataset.label = label;
  swatch.style.background = colors[label] || "";
}

function fade() {
  card.classList.add("faded");
}

// Screen readers announce every assignment, so only changes are made.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
