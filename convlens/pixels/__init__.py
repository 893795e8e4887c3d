"""The page Pixels: the picture as numbers. Reading and fitting are in `pictures/`."""
