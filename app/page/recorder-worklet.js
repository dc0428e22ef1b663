// Sends the microphone's samples to the page in blocks of 0.1 s.
class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(Math.round(sampleRate / 10));
    this.filled = 0;
  }

  process([input]) {
    for (const sample of input[0] || []) { // no channel before the microphone starts
      this.block[this.filled++] = sample;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block);
        this.filled = 0;
      }
    }
    return true;
  }
}
registerProcessor("recorder", Recorder);
