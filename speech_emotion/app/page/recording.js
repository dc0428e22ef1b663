// Record from the microphone: live predictions while recording, a WAV file at the end.

import { openLiveSocket } from "./api.js";
import { openRecorder } from "./microphone.js";

// Returns a function that ends the recording and returns it as a Blob. `voice` is as in api.js.
export async function startRecording(voice, onPrediction, onError) {
  let socket;
  const openSocket = (rate) => {
    socket = openLiveSocket(rate, voice, onPrediction, onError);
  };
  const sendChunk = (chunk) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(chunk);
  };
  const stopRecorder = await openRecorder(openSocket, sendChunk);
  return async function stop() {
    socket.onclose = null;
    socket.close();
    return stopRecorder();
  };
}
