// The card that says what to expect of the model.

import { percent } from "./format.js";

const byId = (id) => document.getElementById(id);
const TESTS = {
  "new speakers": "average recall on people it has never heard, recorded like its training data",
  "new corpora": "average recall on people it has never heard, recorded elsewhere",
};

export function showReliability({ colors, corpora, strangers, recall, threshold }) {
  for (const [test, text] of Object.entries(TESTS)) {
    const items = strangers.filter((item) => item.test === test);
    if (items.length) addFigure(range(items.map((item) => item.uar)), `${text} (${listOf(items, "corpus")})`);
  }
  const chances = strangers.map((item) => 1 / item.emotions);
  addFigure(chances.length ? range(chances) : percent(1 / Object.keys(colors).length), "average recall by guessing");
  byId("other-corpora").hidden = strangers.some((item) => item.test === "new corpora");
  const missed = Object.entries(recall).filter(([, value]) => value < 0.5);
  if (missed.length) {
    const list = missed.map(([emotion, value]) => `${emotion} (${percent(value)} found)`).join(", ");
    byId("missed").textContent = `Of people it has never heard it misses most clips of ${list}.`;
  }
  const judged = strangers.filter((item) => "right" in item);
  if (judged.length) {
    const unsure = range(judged.map((item) => item.unsure));
    const right = range(judged.map((item) => item.right));
    byId("unsure").textContent = `Below ${percent(threshold)} it says “unsure”: in ${unsure} of the clips, depending on ` +
      `the corpus. Its other answers are right in ${right}.`;
  }
  byId("license").textContent = corpora.map(describe).join(" ");
}

function describe({ name, license, citation }) {
  return `Trained on ${name} (${license}). ${citation}`;
}

function listOf(items, key) {
  return items.map((item) => item[key]).join(", ");
}

function addFigure(number, text) {
  const box = document.createElement("div");
  const strong = document.createElement("b");
  strong.textContent = number;
  box.append(strong, text);
  byId("figures").append(box);
}

function range(fractions) {
  const lowest = percent(Math.min(...fractions));
  const highest = percent(Math.max(...fractions));
  return lowest === highest ? highest : `${lowest.replace("%", "")}–${highest}`;
}
