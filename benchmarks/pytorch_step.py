"""Print the milliseconds of a training step of the same network in PyTorch: benchmarks/training_step.py runs this.

Its backward LSTM must start at each clip's last frame. PyTorch does that with packed sequences ("packed"), or with two
LSTMs of which one gets the frames in reverse ("reversed").
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

EPOCHS = 3  # after one to warm up
VARIANCE_FLOOR = 1e-6


def main(folder: Path, kind: str) -> None:
    batches = []
    for path in sorted(folder.glob("*.npz")):
        batches.append({name: torch.from_numpy(array) for name, array in np.load(path).items()})
    settings = json.loads((folder / "network.json").read_text())
    network = Network(settings, kind == "packed").train()
    optimizer = torch.optim.Adam(network.parameters(), settings["learning_rate"], eps=1e-7)
    seconds = []
    for _ in range(1 + EPOCHS):
        start = time.perf_counter()
        for batch in batches:
            log_probabilities = network(batch["features"], batch["lengths"].long(), batch["mixup_lambda"])
            loss = -(batch["targets"][:, None] * log_probabilities).sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds.append(time.perf_counter() - start)
    print(1000 * np.median(seconds[1:]) / len(batches))


class Network(nn.Module):
    """As speech_emotion/network/model.py has it, for one layer of LSTMs in both directions."""

    def __init__(self, settings: dict, packed: bool):
        super().__init__()
        self.settings = settings
        self.matrices = {kind: torch.tensor(matrix) for kind, matrix in settings["matrices"].items()}
        log_mel = self.matrices["log_mel"]
        self.tilt = log_mel @ torch.linspace(-0.5, 0.5, log_mel.shape[1])
        branches = []
        for representation, _ in settings["inputs"]:
            columns = self.matrices[representation].shape[1]
            branches += [Branch(columns, settings, packed) for _ in range(settings["ensemble_size"])]
        self.branches = nn.ModuleList(branches)

    def forward(self, features, lengths, mixup_lambda):
        mask = (torch.arange(features.shape[1]) < lengths[:, None]).float()[..., None]
        is_mixed = (mixup_lambda < 1).float()[:, None, None]
        mixed_mask = torch.maximum(mask, mask.flip(0) * is_mixed)
        weight = mixup_lambda[:, None, None]
        rise = torch.randn(len(features), 1, 1) * self.settings["spectral_tilt_std_db"]
        tilted = features + rise * self.tilt
        branches = iter(self.branches)
        outputs = []
        for representation, normalization in self.settings["inputs"]:
            x = normalize(tilted @ self.matrices[representation], mask, normalization)
            x = (x - torch.zeros(x.shape[-1])) / torch.ones(x.shape[-1]) * mask  # standardization, not fitted here
            x = x * weight + x.flip(0) * (1 - weight)
            for _ in range(self.settings["ensemble_size"]):
                outputs.append(next(branches)(x, mixed_mask))
        return torch.stack(outputs, dim=1).log_softmax(-1)


class Branch(nn.Module):
    def __init__(self, columns: int, settings: dict, packed: bool):
        super().__init__()
        units = settings["units"]
        self.noise_std = settings["input_noise_std"]
        self.packed = packed
        self.input_dropout = nn.Dropout1d(settings["input_dropout"])
        self.forward_lstm = nn.LSTM(columns, units, batch_first=True, bidirectional=packed)
        self.backward_lstm = None if packed else nn.LSTM(columns, units, batch_first=True)
        self.dropout = nn.Dropout(settings["dropout"])
        self.classify = nn.Linear(2 * units, settings["classes"])

    def forward(self, x, mask):
        x = x + torch.randn_like(x) * self.noise_std
        x = self.input_dropout(x.transpose(1, 2)).transpose(1, 2)
        lengths = mask.sum((1, 2)).long()
        x = self.run_packed(x, lengths) if self.packed else self.run_reversed(x, lengths)
        x = self.dropout(x)
        return self.classify((x * mask).sum(1) / mask.sum(1))

    def run_packed(self, x, lengths):
        sequences = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.forward_lstm(sequences)[0], batch_first=True, total_length=x.shape[1])[0]

    def run_reversed(self, x, lengths):
        backward = reverse(self.backward_lstm(reverse(x, lengths))[0], lengths)
        return torch.cat([self.forward_lstm(x)[0], backward], dim=-1)


def normalize(x, mask, normalization: str):
    if normalization == "none":
        return x
    centered = (x - mean(x, mask)) * mask
    if normalization == "cmn":
        return centered
    return centered / (mean(centered**2, mask) + VARIANCE_FLOOR).sqrt()


def mean(x, mask):
    return (x * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True)


def reverse(x, lengths):
    """Reverse the real frames of each clip; padding stays."""
    position = torch.arange(x.shape[1])
    index = torch.where(position < lengths[:, None], lengths[:, None] - 1 - position, position)
    return x.gather(1, index[..., None].expand_as(x))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
