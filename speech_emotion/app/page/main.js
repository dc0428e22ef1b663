// Connects the controls: record or choose a recording, and show its result.

import { classifyRecording, fetchModel } from "./api.js";
import { clock } from "./format.js";
import { hidePictures, showPictures } from "./pictures.js";
import { showReliability } from "./reliability.js";
import { startRecording } from "./recording.js";
import { startTeaching } from "./teach.js";
import { chosenVoice, showVoices } from "./voices.js";
import { clearResult, createBars, showLive, showPrediction, showWaiting } from "./result.js";

const byId = (id) => document.getElementById(id);
const LOWEST_DBFS = -60; // RMS level at which the meter is empty

let model; // from fetchModel
let stopRecording = null; // a function while recording
let latestRequest = 0; // only the result of the last recording is shown

async function start() {
  model = await fetchModel();
  createBars(model.colors);
  clearResult("No recording yet", "–");
  showReliability(model);
  const limits = `${model.max_minutes} minutes and ${model.max_megabytes} MB`;
  byId("limits").textContent = `wav, flac, ogg, mp3, aiff and more, up to ${limits}.`;
  byId("record").onclick = () => (stopRecording ? finish() : record());
  byId("file").onchange = chooseFile;
  startTeaching(await showVoices());
  document.body.dataset.ready = "yes";
}

async function record() {
  byId("record").disabled = true;
  showError("");
  try {
    stopRecording = await startRecording(chosenVoice(), showHop, interrupt);
    setRecording(true);
    hidePictures();
    clearResult("Live from the microphone", "listening");
  } catch (error) {
    showError(error.message);
  }
  byId("record").disabled = false;
}

async function finish() {
  const stop = stopRecording;
  stopRecording = null;
  setRecording(false);
  await classify(await stop(), "Your recording");
}

async function interrupt(message) {
  if (stopRecording) await finish();
  showError(message);
}

function setRecording(recording) {
  byId("record").classList.toggle("recording", recording);
  byId("record-text").textContent = recording ? "Stop" : "Record";
  byId("meter").hidden = !recording;
  byId("file").disabled = recording;
}

function showHop(prediction) {
  if (!stopRecording) return;
  const dbfs = 20 * Math.log10(Math.max(prediction.rms, 1e-6));
  byId("time").textContent = clock(prediction.time);
  byId("level").style.width = `${Math.max(0, 100 * (1 - dbfs / LOWEST_DBFS))}%`;
  showLive(prediction);
}

async function chooseFile({ target }) {
  const [file] = target.files;
  if (!file) return;
  await classify(file, file.name);
  target.value = ""; // so that the same file can be chosen again
}

async function classify(file, name) {
  const request = ++latestRequest;
  showError("");
  showWaiting(name);
  try {
    if (file.size > model.max_megabytes << 20) throw new Error(`${name}: is larger than ${model.max_megabytes} MB.`);
    const result = await classifyRecording(file, name, chosenVoice());
    if (request !== latestRequest) return;
    showPrediction(`${result.name}, ${clock(result.duration)}`, result);
    showPictures(file, result, model.colors);
  } catch (error) {
    if (request !== latestRequest) return;
    clearResult("No recording yet", "–");
    hidePictures();
    showError(error.message);
  }
}

function showError(message) {
  byId("error").textContent = message;
  byId("error").hidden = !message;
}

start().catch((error) => showError(error.message));
