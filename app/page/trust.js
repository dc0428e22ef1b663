// The card that says how good the model is.

import { percent } from "./format.js";

const byId = (id) => document.getElementById(id);

export function showTrust(model) {
  const corpus = model.corpus.toUpperCase();
  byId("figures").replaceChildren(...figures(model, corpus).map(([number, text]) => figure(number, text)));
  byId("other-corpora").hidden = model.corpus !== "tess"; // measured for the model trained on TESS
  byId("low-recall").textContent = describeLowRecall(model, corpus);
  const terms = model.license.includes("NC") ? `${model.license}, not for commercial use` : model.license;
  byId("license").textContent = `Trained on ${corpus} (${terms}). ${model.citation}`;
}

function figures({ held_out_uar, new_words_uar, colors }, corpus) {
  const list = [];
  if (held_out_uar.length) list.push([range(held_out_uar), `correct on ${corpus} speakers left out of training`]);
  if (new_words_uar !== null) list.push([percent(new_words_uar), "correct on new words by its training speakers"]);
  list.push([percent(1 / Object.keys(colors).length), "correct by guessing"]);
  return list;
}

function range(sortedShares) {
  const percents = sortedShares.map((share) => Math.round(100 * share));
  const [lowest, highest] = [percents.at(0), percents.at(-1)];
  return lowest === highest ? `${lowest}%` : `${lowest}–${highest}%`;
}

function figure(number, text) {
  const box = document.createElement("div");
  const strong = document.createElement("b");
  strong.textContent = number;
  box.append(strong, text);
  return box;
}

function describeLowRecall({ held_out_recall }, corpus) {
  const low = Object.entries(held_out_recall).filter(([, recall]) => recall < 0.5);
  if (!low.length) return "";
  const names = low.map(([emotion, recall]) => `${emotion} (${percent(recall)} found)`).join(", ");
  return `On ${corpus} speakers left out of training it missed most clips of ${names}.`;
}
