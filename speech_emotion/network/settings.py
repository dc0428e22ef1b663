"""What the network is made of and how it is trained, as params.yaml says.

Imports no TensorFlow, because the ONNX export reads these settings without it.
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from speech_emotion.core.params import Section

Representation = Literal["mfcc", "log_mel"]
Normalization = Literal["none", "cmn", "cmvn", "speaker"]
Pooling = Literal["mean", "attention"]


class NetworkInput(NamedTuple):
    """One way in which the network sees the MFCCs. `name` tells its layers from those of other inputs."""

    name: str
    representation: Representation
    normalization: Normalization


class ModelSettings(Section):
    """The section `model` of params.yaml, where each key is explained."""

    inputs: Annotated[list[dict[Representation, Normalization]], Field(min_length=1)]
    mfcc_used: Annotated[int, Field(ge=1)]
    ensemble_size: Annotated[int, Field(ge=1)]
    convolution: Annotated[int, Field(ge=0)]
    units: Annotated[int, Field(ge=1)]
    layers: Annotated[int, Field(ge=1)]
    bidirectional: bool
    pooling: Pooling
    spectral_tilt_std_db: Annotated[float, Field(ge=0)]
    input_noise_std: Annotated[float, Field(ge=0)]
    input_dropout: Annotated[float, Field(ge=0, lt=1)]
    dropout: Annotated[float, Field(ge=0, lt=1)]

    @model_validator(mode="after")
    def _check_inputs(self) -> "ModelSettings":
        for position, item in enumerate(self.inputs):
            if len(item) != 1:
                raise ValueError(f"inputs has {item}; expected one pair such as mfcc: cmvn")
            if item in self.inputs[:position]:
                raise ValueError(f"inputs has {item} twice; expected it once")
            if item == {"log_mel": "speaker"}:
                raise ValueError("inputs has log_mel: speaker; the statistics of a speaker are those of MFCCs")
        return self

    def network_inputs(self) -> list[NetworkInput]:
        """Return the inputs in their order."""
        pairs = [pair for item in self.inputs for pair in item.items()]
        return [NetworkInput(f"{kind}_{normalization}", kind, normalization) for kind, normalization in pairs]

    @property
    def uses_speaker_statistics(self) -> bool:
        """Whether an input is normalized by the speaker's mean and standard deviation."""
        return any(network_input.normalization == "speaker" for network_input in self.network_inputs())

    def branch_names(self, network_input: NetworkInput) -> list[str]:
        """Return the names of the branches that see `network_input`, one for each member of the ensemble."""
        return [f"{network_input.name}_{member}" for member in range(1, self.ensemble_size + 1)]


class TrainSettings(Section):
    """The section `train` of params.yaml, where each key is explained."""

    epochs: Annotated[int, Field(ge=1)]
    steps_per_epoch: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    cosine_decay: bool
    label_smoothing: Annotated[float, Field(ge=0, lt=1)]
    mixup_alpha: Annotated[float, Field(ge=0)]
    log_tempo_std: Annotated[float, Field(ge=0)]
    longest: Annotated[int, Field(ge=0)]
    time_mask: Annotated[float, Field(ge=0, le=1)]
    band_mask: Annotated[float, Field(ge=0, le=1)]
    balance: Annotated[float, Field(ge=0, le=1)]
    most_speaker_clips: Annotated[int, Field(ge=1)]
    prior_steps: Annotated[int, Field(ge=0)]
    patience: Annotated[int, Field(ge=1)]
