"""The camera through kernels and a whole network, in the browser."""
