// The card "Teach it your voice": record each emotion in turn, listen, drop, and learn.

import { teachVoice } from "./api.js";
import { openRecorder } from "./microphone.js";
import { expectation, importChosen, showVoices } from "./voices.js";

const byId = (id) => document.getElementById(id);
const LONGEST_MS = 10000; // a recording ends by itself then
const SENTENCES = [
  "The bus leaves at half past seven.",
  "They have put the letter on the kitchen table.",
  "My brother is coming back on Friday.",
  "I found the keys under the old newspaper.",
  "She said that it will rain tomorrow.",
  "There are nine chairs in the other room.",
  "We can talk about it after dinner.",
];

const clips = []; // {emotion, blob, note}
const taught = new Set(); // names of voices made here, which may be replaced
let emotions = [];
let emotion; // to record next
let stop = null; // a function while recording

// `names` are the emotions that can be taught; without any, the card is hidden.
export function startTeaching(names) {
  emotions = names;
  byId("teach").hidden = emotions.length === 0;
  if (emotions.length === 0) return;
  chooseNext();
  byId("teach-record").onclick = () => (stop ? finish() : record());
  byId("teach-files").onchange = chooseFiles;
  byId("learn").onclick = learn;
  byId("import").onchange = (event) => importChosen(event, showError);
}

async function record() {
  showError("");
  byId("teach-record").disabled = true;
  try {
    const begun = await openRecorder(() => {}, () => {});
    stop = begun;
    setTimeout(() => stop === begun && finish(), LONGEST_MS);
    setRecording(true);
  } catch (error) {
    showError(error.message);
  }
  byId("teach-record").disabled = false;
}

async function finish() {
  const end = stop;
  stop = null;
  setRecording(false);
  await add([await end()]);
}

function setRecording(recording) {
  byId("teach-record").classList.toggle("recording", recording);
  byId("teach-record-text").textContent = recording ? "Stop" : "Record";
}

async function chooseFiles({ target }) {
  const files = [...target.files];
  target.value = "";
  await add(files);
}

// After every round over all emotions it learns by itself.
async function add(blobs) {
  clips.push(...blobs.map((blob) => ({ emotion, blob, note: "" })));
  chooseNext();
  const counts = emotions.map(count);
  const isRound = Math.min(...counts) > 0 && Math.min(...counts) === Math.max(...counts);
  if (isRound) await learn();
}

async function learn() {
  const name = byId("voice-name").value.trim();
  showError("");
  byId("teach-status").textContent = "Learning …";
  byId("learn").disabled = true;
  try {
    const result = await teachVoice(name, clips, taught.has(name));
    taught.add(name);
    showLearned(result);
    await showVoices(name);
  } catch (error) {
    byId("teach-status").textContent = "";
    showError(error.message);
  }
  show();
}

function showLearned({ estimate, left_out: leftOut, contradicting }) {
  for (const clip of clips) clip.note = "";
  for (const { position, error } of leftOut) clips[position].note = `Not used: ${error}`;
  for (const position of contradicting) clips[position].note = "Contradicts the rest";
  const unknown = "Learned. Two recordings of each emotion give an estimate.";
  byId("teach-status").textContent = expectation(estimate) || unknown;
  const pairs = estimate.confusions.map(([from, to]) => `It takes ${from} for ${to}: record both once more.`);
  byId("advice").replaceChildren(...pairs.map(listItem));
}

function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

// The emotion with the fewest recordings is next.
function chooseNext() {
  emotion = emotions.reduce((best, name) => (count(name) < count(best) ? name : best));
  show();
}

function count(name) {
  return clips.filter((clip) => clip.emotion === name).length;
}

function show() {
  byId("emotions").replaceChildren(...emotions.map(emotionButton));
  byId("teach-emotion").textContent = emotion;
  byId("sentence").textContent = `“${SENTENCES[clips.length % SENTENCES.length]}”`;
  byId("learn").disabled = clips.length === 0;
  byId("clips").replaceChildren(...clips.map(clipItem));
}

function emotionButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.role = "radio";
  button.ariaChecked = String(name === emotion);
  button.dataset.emotion = name;
  button.textContent = `${name} ${count(name)}`;
  button.onclick = () => {
    emotion = name;
    show();
  };
  return button;
}

function clipItem(clip) {
  const item = byId("clip").content.cloneNode(true);
  clip.address ||= URL.createObjectURL(clip.blob);
  item.querySelector(".emotion").textContent = clip.emotion;
  item.querySelector(".note").textContent = clip.note;
  item.querySelector("audio").src = clip.address;
  item.querySelector(".drop").onclick = () => {
    URL.revokeObjectURL(clip.address);
    clips.splice(clips.indexOf(clip), 1);
    chooseNext();
  };
  return item;
}

function showError(message) {
  byId("teach-error").textContent = message;
  byId("teach-error").hidden = !message;
}
