// The card that says how good the model is.

import { percent } from "./format.js";

const byId = (id) => document.getElementById(id);

export function showReliability({ colors, corpus, license, citation, new_words_uar, held_out_uar, held_out_recall }) {
  const name = corpus.toUpperCase();
  if (held_out_uar.length) addFigure(range(held_out_uar), `average recall on ${name} speakers left out of training`);
  if (new_words_uar !== null) addFigure(percent(new_words_uar), "average recall on new words by its training speakers");
  addFigure(percent(1 / Object.keys(colors).length), "average recall by guessing");
  byId("other-corpora").hidden = corpus !== "tess"; // measured for the model trained on TESS
  const missed = Object.entries(held_out_recall).filter(([, recall]) => recall < 0.5);
  if (missed.length) {
    const list = missed.map(([emotion, recall]) => `${emotion} (${percent(recall)} found)`).join(", ");
    byId("missed").textContent = `On ${name} speakers left out of training it missed most clips of ${list}.`;
  }
  const terms = license.includes("NC") ? `${license}, not for commercial use` : license;
  byId("license").textContent = `Trained on ${name} (${terms}). ${citation}`;
}

function addFigure(number, text) {
  const box = document.createElement("div");
  const strong = document.createElement("b");
  strong.textContent = number;
  box.append(strong, text);
  byId("figures").append(box);
}

function range(sortedFractions) {
  const lowest = percent(sortedFractions.at(0));
  const highest = percent(sortedFractions.at(-1));
  return lowest === highest ? highest : `${lowest.replace("%", "")}–${highest}`;
}
