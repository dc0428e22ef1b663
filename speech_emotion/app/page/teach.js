// The card "Teach it your voice": record each emotion in turn, listen, drop, and learn.

import { teachVoice } from "./api.js";
import { Clips } from "./clips.js";
import { openRecorder } from "./microphone.js";
import { expectation, importChosen, showVoices } from "./voices.js";

const byId = (id) => document.getElementById(id);
const LONGEST_MS = 10000; // a recording ends by itself then

let clips; // Clips
let emotion; // to record next
let learned = ""; // name of the voice that was made of these clips, and may be replaced
let stop = null; // a function while recording

// `emotions` are those that can be taught; without any, the card is hidden.
export function startTeaching(emotions) {
  byId("teach").hidden = emotions.length === 0;
  if (emotions.length === 0) return;
  clips = new Clips(emotions);
  showNext();
  byId("teach-record").onclick = () => (stop ? finish() : record());
  byId("teach-files").onchange = chooseFiles;
  byId("learn").onclick = learn;
  byId("voice-name").onchange = changeName;
  byId("import").onchange = (event) => importChosen(event, showError);
}

async function record() {
  showError("");
  byId("teach-record").disabled = true;
  try {
    const recorded = emotion; // another one may be chosen before it ends
    const end = await openRecorder(() => {}, () => {});
    const begun = (stop = async () => add(recorded, [await end()]));
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
  await end();
}

function setRecording(recording) {
  byId("teach-record").classList.toggle("recording", recording);
  byId("teach-record-text").textContent = recording ? "Stop" : "Record";
}

async function chooseFiles({ target }) {
  const files = [...target.files];
  target.value = "";
  await add(emotion, files);
}

// After every round over all emotions it learns by itself.
async function add(name, blobs) {
  clips.add(name, blobs);
  showNext();
  if (clips.isRoundComplete()) await learn();
}

// Another name is another person, who needs other recordings.
function changeName() {
  if (!learned) return;
  clips.clear();
  learned = "";
  byId("teach-status").textContent = "";
  byId("advice").replaceChildren();
  showNext();
}

async function learn() {
  const name = byId("voice-name").value.trim();
  const used = [...clips.all];
  showError(name ? "" : "Give the voice a name.");
  if (!name) return;
  byId("teach-status").textContent = "Learning …";
  byId("learn").disabled = true;
  try {
    const result = await teachVoice(name, used, name === learned);
    learned = name;
    showLearned(used, result);
    await showVoices(name);
  } catch (error) {
    byId("teach-status").textContent = "";
    showError(error.message);
  }
  show();
}

function showLearned(used, { estimate, left_out: leftOut, contradicting }) {
  for (const clip of used) clip.note = "";
  for (const { position, error } of leftOut) used[position].note = `Not used: ${error}`;
  for (const position of contradicting) used[position].note = "Sounds unlike the others";
  const unknown = "Learned. Two recordings of each emotion give an estimate.";
  byId("teach-status").textContent = expectation(estimate) || unknown;
  const pairs = estimate.confusions.map(([from, to]) => `It mistakes ${from} for ${to}. Record one more of each.`);
  byId("advice").replaceChildren(...pairs.map(listItem));
}

function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

function showNext() {
  emotion = clips.next();
  show();
}

function show() {
  byId("emotions").replaceChildren(...clips.emotions.map(emotionButton));
  byId("teach-emotion").textContent = emotion;
  byId("sentence").textContent = `“${clips.sentence()}”`;
  byId("learn").disabled = clips.all.length === 0;
  byId("clips").replaceChildren(...clips.all.map(clipItem));
}

function emotionButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.role = "radio";
  button.ariaChecked = String(name === emotion);
  button.dataset.emotion = name;
  button.textContent = `${name} ${clips.count(name)}`;
  button.onclick = () => {
    emotion = name;
    show();
  };
  return button;
}

function clipItem(clip) {
  const item = byId("clip").content.cloneNode(true);
  item.querySelector(".emotion").textContent = clip.emotion;
  item.querySelector(".note").textContent = clip.note;
  item.querySelector("audio").src = clip.address;
  item.querySelector(".drop").onclick = () => {
    clips.drop(clip);
    showNext();
  };
  return item;
}

function showError(message) {
  byId("teach-error").textContent = message;
  byId("teach-error").hidden = !message;
}
