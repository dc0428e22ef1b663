// From the microphone to a server that judges as it listens, and to a wav file of the whole.

export async function record(onMoment, onError) {
  if (!navigator.mediaDevices) {
    throw new Error("The microphone works on this machine (localhost) or over https only; choose a recording instead.");
  }
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }; // as the model was trained
  const stream = await navigator.mediaDevices.getUserMedia({ audio: raw });
  const context = new AudioContext();
  const blocks = [];
  const address = new URL("/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => socket.send(JSON.stringify({ rate: context.sampleRate }));
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    told.error ? onError(told.error) : onMoment(told);
  };
  socket.onclose = ({ wasClean }) => wasClean || onError("The server does not answer any more; was it stopped?");
  await context.audioWorklet.addModule("/page/recorder.js");
  await context.resume();
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  recorder.port.onmessage = ({ data }) => {
    blocks.push(data);
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  context.createMediaStreamSource(stream).connect(recorder);
  return async function stop() {
    stream.getTracks().forEach((track) => track.stop());
    socket.onclose = null;
    socket.close();
    await context.close();
    return wav(blocks, context.sampleRate);
  };
}

function wav(blocks, rate) {
  const samples = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at, letters) => [...letters].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // whole numbers
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples, true);
  let at = 44;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(at, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
      at += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}
