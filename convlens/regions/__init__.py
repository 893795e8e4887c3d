"""Pixels against regions: what colour alone says of each pixel, and what neighbours add."""
