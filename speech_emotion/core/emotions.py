"""The emotions that a corpus may map its labels to, and the color of each in every figure and on the page."""

# Paul Tol's "muted" scheme, made for color-blind readers, with a gray that they can tell from the green of calm:
# https://personal.sron.nl/~pault/
COLORS = {
    "anger": "#882255",
    "boredom": "#999933",
    "calm": "#44AA99",
    "disgust": "#117733",
    "fear": "#AA4499",
    "happiness": "#DDCC77",
    "neutral": "#BBBBBB",
    "sadness": "#332288",
    "surprise": "#88CCEE",
}
EMOTIONS = tuple(COLORS)


def color(emotion: str) -> str:
    """Return the color of an emotion as #RRGGBB; nearly black for a label that is not in EMOTIONS."""
    return COLORS.get(emotion, "#222222")
