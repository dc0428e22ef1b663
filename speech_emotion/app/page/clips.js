// The recordings that a voice is taught with: which there are, and what to record next.

const SENTENCES = [
  "The bus leaves at half past seven.",
  "They have put the letter on the kitchen table.",
  "My brother is coming back on Friday.",
  "I found the keys under the old newspaper.",
  "She said that it will rain tomorrow.",
  "There are nine chairs in the other room.",
  "We can talk about it after dinner.",
];

export class Clips {
  constructor(emotions) {
    this.emotions = emotions;
    this.all = []; // {emotion, blob, address, note}
  }

  add(emotion, blobs) {
    for (const blob of blobs) this.all.push({ emotion, blob, address: URL.createObjectURL(blob), note: "" });
  }

  drop(clip) {
    URL.revokeObjectURL(clip.address);
    this.all = this.all.filter((other) => other !== clip);
  }

  clear() {
    for (const clip of this.all) this.drop(clip);
  }

  count(emotion) {
    return this.all.filter((clip) => clip.emotion === emotion).length;
  }

  // How many recordings every emotion has at least.
  rounds() {
    return Math.min(...this.emotions.map((emotion) => this.count(emotion)));
  }

  // Whether all emotions have equally many, at least one.
  isRoundComplete() {
    return this.rounds() > 0 && this.all.length === this.rounds() * this.emotions.length;
  }

  // The emotion with the fewest recordings.
  next() {
    return this.emotions.find((emotion) => this.count(emotion) === this.rounds());
  }

  // All emotions of a round are said with the same sentence, so that it learns emotions and not sentences.
  sentence() {
    return SENTENCES[this.rounds() % SENTENCES.length];
  }
}
