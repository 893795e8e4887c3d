"""What the networks are made of: our own, and those of keras.applications."""

from models import lean  # noqa: F401  before anything here imports Keras
