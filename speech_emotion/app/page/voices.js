// The voices on this computer: the choice of who speaks, and the list with export, import and forget.

import { fetchVoices, forgetVoice, importVoice, voiceAddress } from "./api.js";
import { percent } from "./format.js";

const byId = (id) => document.getElementById(id);
const ANYBODY = "";

// Shows the voices, and chooses the one named `chosen`. Returns the emotions that can be taught, none if none can.
export async function showVoices(chosen = chosenVoice()) {
  const { voices, folder, emotions } = await fetchVoices();
  const usable = voices.filter(({ problem }) => !problem).map(({ name }) => name);
  byId("who").replaceChildren(new Option("anybody", ANYBODY), ...usable.map((name) => new Option(name, name)));
  byId("who").value = usable.includes(chosen) ? chosen : ANYBODY;
  byId("who-row").hidden = emotions.length === 0;
  byId("voices-folder").textContent = folder;
  byId("voices").replaceChildren(...voices.map(voiceItem));
  return emotions;
}

export function chosenVoice() {
  return byId("who").value || ANYBODY;
}

// Takes a file that was exported; the name of the voice is that of the file.
export async function importChosen({ target }, onError) {
  const [file] = target.files;
  if (!file) return;
  const name = file.name.replace(/\.voice$/, "");
  try {
    await importVoice(name, file);
    await showVoices(name);
  } catch (error) {
    onError(error.message);
  }
  target.value = "";
}

// What to expect of a voice, such as "right in about 83% of new recordings (73% to 92%)"; "" if it is not known.
export function expectation({ uar, low, high }) {
  if (uar === null) return "";
  return `right in about ${percent(uar)} of new recordings (${percent(low)} to ${percent(high)})`;
}

function voiceItem({ name, problem, clips, estimate }) {
  const item = byId("voice").content.cloneNode(true);
  item.querySelector(".name").textContent = name;
  item.querySelector(".about").textContent = problem || about(clips, estimate);
  item.querySelector(".export").href = voiceAddress(name);
  item.querySelector(".export").download = `${name}.voice`;
  item.querySelector(".forget").onclick = () => forget(name);
  return item;
}

function about(clips, estimate) {
  const count = Object.values(clips).reduce((sum, number) => sum + number, 0);
  return [`${count} recordings`, expectation(estimate)].filter(Boolean).join(", ");
}

async function forget(name) {
  if (!confirm(`Forget ${name} for good?`)) return;
  await forgetVoice(name).catch(() => {}); // if it is gone already, the list says so
  await showVoices();
}
