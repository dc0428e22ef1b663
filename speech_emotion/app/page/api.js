// Requests to the server, speech_emotion/app/web.py. Errors have a message to show.

export async function fetchModel() {
  return (await send("/model")).json();
}

// `voice` is the name of an enrolled voice, or "" for anybody.
export async function classifyRecording(file, name, voice) {
  const query = new URLSearchParams({ name, voice });
  return answer(await send(`/classify?${query}`, { method: "POST", body: file }));
}

export async function fetchVoices() {
  return answer(await send("/voices"));
}

// `clips` are {emotion, blob} each. With `replace`, a voice of this name is replaced.
export async function teachVoice(name, clips, replace) {
  const form = new FormData();
  clips.forEach(({ emotion, blob }, number) => form.append(emotion, blob, `recording ${number + 1}`));
  const address = replace ? `${voiceAddress(name)}?replace` : voiceAddress(name);
  return answer(await send(address, { method: "POST", body: form }));
}

export async function importVoice(name, file) {
  return answer(await send(voiceAddress(name), { method: "PUT", body: file }));
}

export async function forgetVoice(name) {
  return answer(await send(voiceAddress(name), { method: "DELETE" }));
}

export function voiceAddress(name) {
  return `/voices/${encodeURIComponent(name)}`;
}

// Returns a WebSocket that takes chunks of float32 samples. It calls onPrediction once per hop.
export function openLiveSocket(rate, voice, onPrediction, onError) {
  const address = new URL(`/live?${new URLSearchParams({ rate, voice })}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.error) onError(message.error);
    else onPrediction(message);
  };
  socket.onclose = ({ wasClean }) => {
    if (!wasClean) onError("The connection to the server was lost. Is it still running?");
  };
  return socket;
}

async function answer(response) {
  const result = await response.json();
  if (result.error) throw new Error(result.error);
  return result;
}

async function send(address, options) {
  const response = await fetch(address, options).catch(() => {
    throw new Error("The server does not answer. Is it still running?");
  });
  const explained = response.status === 422; // its JSON has an error message
  if (!response.ok && !explained) throw new Error("The server failed. Its terminal shows why.");
  return response;
}
