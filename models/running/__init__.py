"""Files → networks that run: loaded, sliced, called."""

from models import lean  # noqa: F401  before anything here imports Keras
