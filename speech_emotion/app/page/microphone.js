// Record from the microphone to a WAV file.

import { encodeWav } from "./wav.js";

// The model was trained on unprocessed sound.
const AUDIO = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

// Calls onStart with the rate in Hz, then onChunk with every chunk of samples, a Float32Array.
// Returns a function that ends the recording and returns it as a Blob.
export async function openRecorder(onStart, onChunk) {
  const microphone = await openMicrophone();
  const context = new AudioContext();
  const release = () => {
    microphone.getTracks().forEach((track) => track.stop());
    return context.close();
  };
  try {
    await context.audioWorklet.addModule("/page/recorder-worklet.js");
    await context.resume();
  } catch (error) {
    await release();
    throw error;
  }
  onStart(context.sampleRate);
  const chunks = [];
  const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
  const recorder = new AudioWorkletNode(context, "recorder", options);
  recorder.port.onmessage = ({ data }) => {
    chunks.push(data);
    onChunk(data);
  };
  context.createMediaStreamSource(microphone).connect(recorder);

  return async function stop() {
    await release();
    return encodeWav(chunks, context.sampleRate);
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
