"""Convolution, pooling and the named kernels, on arrays. What is drawn of them belongs to `kernels/`."""
