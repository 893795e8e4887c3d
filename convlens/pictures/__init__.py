"""Bytes → Picture, fitting, the bundled ones, CIFAR-10, digits and handwriting, many at once. Panels belong to the rooms above."""
