// Requests to the server, speech_emotion/app/web.py. Errors have a message to show.

export async function fetchModel() {
  return (await send("/model")).json();
}

export async function classifyRecording(file, name) {
  const query = new URLSearchParams({ name });
  const response = await send(`/classify?${query}`, { method: "POST", body: file });
  const result = await response.json();
  if (result.error) throw new Error(result.error);
  return result;
}

// Returns a WebSocket that takes chunks of float32 samples. It calls onPrediction once per hop.
export function openLiveSocket(rate, onPrediction, onError) {
  const address = new URL(`/live?rate=${rate}`, location.href);
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

async function send(address, options) {
  const response = await fetch(address, options).catch(() => {
    throw new Error("The server does not answer. Is it still running?");
  });
  const explained = response.status === 422; // its JSON has an error message
  if (!response.ok && !explained) throw new Error("The server failed. Its terminal shows why.");
  return response;
}
