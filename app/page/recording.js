// Record from the microphone: live predictions while recording, a WAV file at the end.

import { openLiveSocket } from "./api.js";
import { encodeWav } from "./wav.js";

// The model was trained on unprocessed sound.
const AUDIO = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

// Returns a function that ends the recording and returns it as a Blob.
export async function startRecording(onPrediction, onError) {
  const microphone = await openMicrophone();
  const context = new AudioContext();
  await context.audioWorklet.addModule("/page/recorder-worklet.js");
  await context.resume();
  const socket = openLiveSocket(context.sampleRate, onPrediction, onError);
  const blocks = [];
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  recorder.port.onmessage = ({ data }) => {
    blocks.push(data);
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  context.createMediaStreamSource(microphone).connect(recorder);

  return async function stop() {
    microphone.getTracks().forEach((track) => track.stop());
    socket.onclose = null;
    socket.close();
    await context.close();
    return encodeWav(blocks, context.sampleRate);
  };
}

async function openMicrophone() {
  if (!navigator.mediaDevices) throw new Error("Browsers allow the microphone on localhost and https only.");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: AUDIO });
  } catch (error) {
    throw new Error(`The microphone cannot be used (${error.message}). Choose a recording instead.`);
  }
}
