import * as draw from "./draw.js";
import { record } from "./microphone.js";

const $ = (id) => document.getElementById(id);
const percent = (share) => (share > 0 && share < 0.01 ? "<1 %" : share < 1 && share > 0.99 ? ">99 %" : `${Math.round(100 * share)} %`);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const exact = (seconds) => {
  const tenths = Math.round(10 * seconds);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
};

let about; // what the server says of the model
let stop = null; // ends the recording that is going on
let asked = 0; // recordings sent so far; only the last one's answer is shown
let shown = null; // the last answer, drawn again when the window changes

async function main() {
  about = await (await fetch("/about")).json();
  for (const [label, colour] of Object.entries(about.labels)) {
    const row = { name: document.createElement("dt"), bar: document.createElement("dd"), share: document.createElement("dd") };
    row.name.textContent = label;
    row.bar.className = "bar";
    row.share.className = "share";
    const fill = document.createElement("div");
    fill.className = "fill";
    fill.style.background = colour;
    row.bar.append(fill);
    row.bar.dataset.label = row.share.dataset.label = label;
    row.bar.setAttribute("aria-hidden", "true");
    $("bars").append(row.name, row.bar, row.share);
  }
  $("limits").textContent = `wav, flac, ogg, mp3, aiff and more; up to ${about.limits.seconds / 60} minutes and ${about.limits.bytes >> 20} MB.`;
  trust();
  $("record").onclick = () => (stop ? finish() : begin());
  $("file").onchange = ({ target }) => target.files.length && classify(target.files[0], target.files[0].name).then(() => (target.value = ""));
  for (const kind of ["dragover", "dragleave", "drop"]) $("drop").addEventListener(kind, drop);
  addEventListener("resize", () => shown && pictures(shown));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && pictures(shown));
  document.body.dataset.ready = "yes";
}

function drop(event) {
  event.preventDefault();
  $("drop").classList.toggle("over", event.type === "dragover");
  const file = event.type === "drop" && event.dataTransfer.files[0];
  if (file && !stop) classify(file, file.name);
}

async function begin() {
  $("record").disabled = true;
  complain("");
  try {
    stop = await record(live, (error) => interrupt(error));
    $("record").classList.add("recording");
    $("record-text").textContent = "Stop";
    $("meter").hidden = false;
    $("file").disabled = true;
    $("pictures").hidden = true;
    document.querySelector("main").classList.remove("shown");
    shown = null;
    judge({ label: "listening", emotion: null, confidence: 0, probabilities: {} }, "Live from the microphone");
  } catch (error) {
    const reasons = { NotAllowedError: "The browser was not allowed to use the microphone.", NotFoundError: "No microphone was found." };
    complain(reasons[error.name] ? `${reasons[error.name]} Allow or connect one, or choose a recording.` : error.message);
  }
  $("record").disabled = false;
}

async function interrupt(error) {
  if (stop) await finish();
  complain(error);
}

async function finish() {
  const end = stop;
  stop = null;
  $("record").classList.remove("recording");
  $("record-text").textContent = "Record";
  $("meter").hidden = true;
  $("file").disabled = false;
  await classify(await end(), "Your recording");
}

function live(moment) {
  if (!stop) return;
  $("clock").textContent = clock(moment.time);
  $("level").style.width = `${Math.max(0, 100 + (100 / 60) * 20 * Math.log10(Math.max(moment.level, 1e-6)))}%`;
  judge(moment, "Live from the microphone");
}

async function classify(file, name) {
  const turn = ++asked;
  complain("");
  $("name").textContent = `Listening to ${name} …`;
  $("label").parentElement.parentElement.classList.add("stale");
  let told;
  try {
    if (file.size > about.limits.bytes) throw new Error(`${name}: has ${file.size >> 20} MB; expected at most ${about.limits.bytes >> 20} MB.`);
    const answer = await fetch(`/classify?${new URLSearchParams({ name })}`, { method: "POST", body: file });
    if (!answer.ok && answer.status !== 422) throw new Error("The server failed; its terminal says why.");
    told = await answer.json();
    if (turn !== asked) return;
    if (told.error) throw new Error(told.error);
  } catch (error) {
    if (turn !== asked) return;
    judge({ label: "–", emotion: null, confidence: 0, probabilities: {} }, "No recording yet");
    $("pictures").hidden = true;
    document.querySelector("main").classList.remove("shown");
    shown = null;
    complain(error instanceof TypeError ? "The server does not answer; is it still running?" : error.message);
    return;
  }
  shown = told;
  judge(told, `${told.name}, ${exact(told.duration)}`);
  $("pictures").hidden = false;
  document.querySelector("main").classList.add("shown");
  play(file);
  pictures(told);
}

function judge({ label, emotion, confidence, probabilities }, name) {
  const verdict = $("label").parentElement.parentElement;
  const kept = label === "no speech" && name.startsWith("Live");
  verdict.classList.toggle("stale", kept);
  write("name", name);
  const text = emotion ? (label === "unsure" ? `unsure – perhaps ${emotion}` : label) : label;
  write("label-text", text);
  $("label-text").dataset.label = label;
  $("swatch").style.background = label === "unsure" ? "" : about.labels[label] || "";
  if (kept) return; // in a pause the last judgement stays in view
  for (const name of Object.keys(about.labels)) {
    const share = probabilities[name];
    document.querySelector(`.bar[data-label="${name}"] .fill`).style.width = `${100 * (share || 0)}%`;
    document.querySelector(`.share[data-label="${name}"]`).textContent = share === undefined ? "" : percent(share);
  }
}

function write(id, text) { // readers of the screen are told of changes only
  if ($(id).textContent !== text) $(id).textContent = text;
}

function play(file) {
  const player = $("player");
  URL.revokeObjectURL(player.src);
  player.onloadedmetadata = () => (player.hidden = false);
  player.hidden = true; // until the browser knows that it can play this format
  player.src = URL.createObjectURL(file);
}

function pictures({ duration, segments, waveform, mfcc }) {
  draw.waveform($("waveform"), waveform, getComputedStyle(document.body).getPropertyValue("--accent"));
  $("waveform-end").textContent = exact(duration);
  const long = segments.length > 1;
  $("timeline-figure").hidden = !long;
  if (long) {
    draw.timeline($("timeline"), segments, about.labels, duration);
    $("timeline-end").textContent = exact(duration);
    $("windows").querySelector("tbody").replaceChildren(...segments.map(({ start, end, label, confidence }) => {
      const row = document.createElement("tr");
      for (const text of [exact(start), exact(end), label, confidence ? percent(confidence) : ""]) row.insertCell().textContent = text;
      return row;
    }));
  }
  draw.mfcc($("mfcc"), mfcc);
  $("mfcc-column").textContent = mfcc.column_ms;
  $("mfcc-part").textContent = long ? `(${exact(mfcc.start)} to ${exact(mfcc.end)}, the surest window)` : "";
}

function trust() {
  const { scores, held_out, labels, corpus, licence, citation } = about;
  const strangers = Object.values(held_out);
  const mean = (key) => strangers.reduce((sum, own) => sum + (own[key] || 0), 0) / strangers.length;
  const figures = [];
  if (strangers.length) figures.push([[...new Set(strangers.map((own) => Math.round(100 * own.uar)).sort())].join("–") + " %", "right on a voice it has never heard"]);
  if (scores.uar) figures.push([percent(scores.uar), "right on the voices it knows, saying new words"]);
  figures.push([percent(1 / Object.keys(labels).length), "by guessing"]);
  $("figures").replaceChildren(...figures.map(([number, text]) => {
    const [box, strong, small] = ["div", "b", "span"].map((tag) => document.createElement(tag));
    strong.textContent = number;
    small.textContent = text;
    box.append(strong, small);
    return box;
  }));
  const weak = Object.keys(labels).filter((label) => mean(`recall.${label}`) < 0.5).map((label) => `${label} (${percent(mean(`recall.${label}`))})`);
  $("weak").textContent = !strangers.length ? "How it does on voices it has never heard was not measured."
    : weak.length ? `On a new voice it is wrong more often than right about ${weak.join(", ")}.` : "";
  $("licence").textContent = [`Trained on ${corpus.toUpperCase()}, ${licence}${/NC/.test(licence) ? ": not for commercial use" : ""}.`, citation].join(" ");
}

function complain(text) {
  $("error").textContent = text;
  $("error").hidden = !text;
}

main();
