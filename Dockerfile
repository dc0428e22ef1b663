# The whole pipeline and its tests in one image of 3.6 GB; predictions alone need only `pip install .`.
#   docker build -t speech-emotion .
#   docker run --rm -v "$PWD:/clips:ro" speech-emotion /clips/clip.wav     # classify a clip
#   docker run --rm -it --entrypoint make speech-emotion demo              # any make target

# What is not Python. .devcontainer/ stops here, and `make .venv` installs the rest into the mounted folder.
FROM python:3.11-slim-bookworm AS system
# No versions: Debian's servers keep only the newest, so a pinned one would soon be missing.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg git libportaudio2 make \
    && rm -rf /var/lib/apt/lists/*

FROM system
WORKDIR /speech-emotion
# In a layer of its own, which an edit of the code keeps.
COPY requirements.txt .
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && touch .venv
ENV PATH=/speech-emotion/.venv/bin:$PATH
ENTRYPOINT ["speech-emotion"]
CMD ["--help"]
